import { Socket } from "node:net";

type WriteCallback = (error?: Error | null) => void;

/**
 * A client socket that survives a failed write.
 *
 * A server that answers early closes the connection, and the next write fails. A plain socket is destroyed by that, together with the
 * answer that waits unread in the kernel. This one remembers the error and goes on reading, to the answer's end or to the
 * error of a read.
 */
export class UpstreamSocket extends Socket {
  /** What the first failed write failed with. Everything written since then is lost. */
  writeError: Error | undefined;

  override _write(chunk: unknown, encoding: BufferEncoding, callback: WriteCallback): void {
    super._write(chunk, encoding, (error) => this.#written(error, callback));
  }

  override _writev(chunks: { chunk: unknown; encoding: BufferEncoding }[], callback: WriteCallback): void {
    super._writev?.(chunks, (error) => this.#written(error, callback));
  }

  #written(error: Error | null | undefined, callback: WriteCallback): void {
    if (error && !this.connecting) {
      this.writeError ??= error;
      callback();
    } else {
      callback(error);
    }
  }
}
