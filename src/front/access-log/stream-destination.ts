import type { Writable } from "node:stream";
import { countLines, type LogDestination, PIPE_WRITE_BYTES, type WriteFailure } from "./log-destination.ts";

/** Lines for a stream, such as standard output when it is a pipe or a terminal. It stays open. */
export class StreamDestination implements LogDestination {
  readonly maxWriteBytes: number = PIPE_WRITE_BYTES;
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    // What goes wrong is told to the write. Without a listener it would end the process.
    stream.on("error", ignore);
  }

  write(text: string, done: (failure?: WriteFailure) => void): void {
    this.#stream.write(text, "latin1", (error) => {
      done(error ? { error, lostLines: countLines(text) } : undefined);
    });
  }

  close(text: string): void {
    if (text !== "" && !this.#stream.destroyed) this.#stream.write(text, "latin1", () => undefined);
    // The last write may fail later.
    setImmediate(() => this.#stream.off("error", ignore));
  }
}

function ignore(): void {}
