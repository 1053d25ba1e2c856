import type { Logger } from "../../log.ts";
import { RepeatedWarning } from "../../net/repeated-warning.ts";
import { LineBuffer } from "./line-buffer.ts";
import type { LogDestination, WriteFailure } from "./log-destination.ts";

/** What a {@link LogWriter} goes by. */
export interface LogWriterRules {
  /** The line that stands for lines that were lost. */
  readonly lostLine: (count: number) => string;
  /** Where it is told that lines are lost. */
  readonly log: Logger;
  /** Bytes of lines that may wait. @defaultValue 1 MiB */
  readonly maxBytes?: number;
}

const MAX_WAITING_BYTES = 1024 * 1024;
/** Lines wait for others for so long, that one write has many of them. */
const BATCH_MS = 20;

/** Writes lines in batches, one write at a time. Whoever has a line to write never waits: when too many do, they are counted and lost. */
export class LogWriter {
  readonly #destination: LogDestination;
  readonly #rules: LogWriterRules;
  readonly #buffer: LineBuffer;
  readonly #warning: RepeatedWarning;
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;
  #isClosed = false;
  /** Lines that the batch on its way says were lost. */
  #reported = 0;

  constructor(destination: LogDestination, rules: LogWriterRules) {
    this.#destination = destination;
    this.#rules = rules;
    this.#buffer = new LineBuffer(rules.maxBytes ?? MAX_WAITING_BYTES);
    this.#warning = new RepeatedWarning(rules.log, "lines of the access log are lost");
  }

  /** @param line - ASCII, without its end. */
  write(line: string): void {
    if (this.#isClosed) return;
    if (!this.#buffer.push(line)) this.#warn({ reason: "it is not written as fast as it grows" });
    if (!this.#isWriting) this.#timer ??= setTimeout(this.#flush, BATCH_MS);
  }

  /** Write what waits, as far as that can be done at once, and close. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#warning.close();
    this.#destination.close(this.#take(Number.POSITIVE_INFINITY));
  }

  readonly #flush = (): void => {
    this.#timer = undefined;
    if (this.#buffer.isEmpty) {
      this.#isWriting = false;
      return;
    }
    this.#isWriting = true;
    this.#destination.write(this.#take(this.#destination.maxWriteBytes), this.#written);
  };

  readonly #written = (failure?: WriteFailure): void => {
    if (this.#isClosed) return;
    if (failure) {
      this.#buffer.lose(failure.lostLines + (this.#reported === 0 ? 0 : this.#reported - 1));
      this.#warn({ errno: failure.error.code, reason: failure.error.message });
      this.#isWriting = false;
      this.#timer = this.#buffer.isEmpty ? undefined : setTimeout(this.#flush, BATCH_MS);
      return;
    }
    this.#flush();
  };

  /** Whole lines; behind the last of those that waited, how many did not find room. */
  #take(maxBytes: number): string {
    const text = this.#buffer.take(maxBytes);
    this.#reported = this.#buffer.isEmpty ? this.#buffer.report() : 0;
    return this.#reported === 0 ? text : `${text}${this.#rules.lostLine(this.#reported)}\n`;
  }

  #warn(why: { readonly reason: string; readonly errno?: string | undefined }): void {
    this.#warning.occurred({ code: "UWB_ERR_ACCESS_LOG", ...why });
  }
}
