import { pipeline } from "node:stream/promises";
import { EXIT } from "./exit-codes.ts";
import { ExitError } from "./failure.ts";
import { type CliIo, say } from "./io.ts";

/**
 * Send everything to standard output, at the pace of whoever reads it.
 *
 * @throws {@link ExitError} when nobody does any more, as behind `| head`; what `source` throws.
 */
export async function writeOut(io: CliIo, source: AsyncIterable<Uint8Array | string>): Promise<void> {
  try {
    await pipeline(source, io.stdout, { end: false });
  } catch (error) {
    throw isBrokenPipe(error) ? new ExitError(EXIT.failure) : error;
  }
}

/** Prints lines as they come, until nobody reads them any more. */
export class Printer {
  /** Resolves when the reader of standard output has left. What is printed afterwards goes nowhere. */
  readonly readerLeft: Promise<void>;
  readonly #io: CliIo;
  #isRead = true;

  constructor(io: CliIo) {
    this.#io = io;
    this.readerLeft = new Promise((resolve) => {
      io.stdout.on("error", () => {
        this.#isRead = false;
        resolve();
      });
    });
  }

  get isRead(): boolean {
    return this.#isRead;
  }

  print(line: string): void {
    if (this.#isRead) say(this.#io, line);
  }
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}
