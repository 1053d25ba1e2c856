import { fstatSync } from "node:fs";
import type { Writable } from "node:stream";
import { ConfigError } from "../../errors.ts";
import type { Logger } from "../../log.ts";
import type { AccessLogOptions } from "../access-log/access-log-options.ts";
import { FileDestination } from "../access-log/file-destination.ts";
import type { LogDestination } from "../access-log/log-destination.ts";
import { logFormat } from "../access-log/log-format.ts";
import type { LogFormatter } from "../access-log/log-template.ts";
import { LogTime } from "../access-log/log-time.ts";
import { LogWriter } from "../access-log/log-writer.ts";
import { recordOf } from "../access-log/record-of.ts";
import { refusedRecord } from "../access-log/refused-record.ts";
import { StreamDestination } from "../access-log/stream-destination.ts";
import type { RefusedBytes, Stage } from "../pipeline/stage.ts";
import type { Visit } from "../pipeline/visit.ts";

/** Writes a line for every request, when it is over. */
export class AccessLogStage implements Stage {
  readonly name = "log";
  readonly #format: LogFormatter;
  readonly #keepsQuery: boolean;
  readonly #writer: LogWriter;
  readonly #time: LogTime = new LogTime();

  /** @throws {@link ConfigError} when the file can not be opened, or the format is none. */
  constructor(to: string | Writable, settings: Required<AccessLogOptions> & { readonly log: Logger }) {
    const { line, lostLine } = logFormat(settings.logFormat);
    this.#format = line;
    this.#keepsQuery = settings.logQuery;
    this.#writer = new LogWriter(destinationOf(to), { lostLine, log: settings.log });
  }

  enter(visit: Visit): boolean {
    visit.bytesBefore = visit.incoming.socket.bytesWritten;
    return true;
  }

  leave(visit: Visit): void {
    this.#writer.write(this.#format(recordOf(visit, this.#keepsQuery), this.#time));
  }

  answeredBytes(refused: RefusedBytes): void {
    this.#writer.write(this.#format(refusedRecord(refused, this.#keepsQuery), this.#time));
  }

  close(): void {
    this.#writer.close();
  }
}

function destinationOf(to: string | Writable): LogDestination {
  if (typeof to !== "string") return streamDestination(to);
  try {
    return new FileDestination(to);
  } catch (error) {
    const message = `accessLog: ${to} can not be opened: ${(error as Error).message}`;
    throw new ConfigError("accessLog", message, "UWB_ERR_CONFIG", { cause: error });
  }
}

/** Standard output that leads to a file would be written while everybody waits. */
function streamDestination(stream: Writable): LogDestination {
  const fd = "fd" in stream && typeof stream.fd === "number" ? stream.fd : undefined;
  const isFile = fd !== undefined && fstatSync(fd).isFile();
  return isFile ? new FileDestination(fd) : new StreamDestination(stream);
}
