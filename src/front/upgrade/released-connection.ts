import type { Socket } from "node:net";
import { currentResponse } from "./current-response.ts";

/** This much of what a client sends is kept, the rest waits in the socket. */
const MAX_EARLY_BYTES = 65_536;

/**
 * A connection that the HTTP server has let go of, because it read an upgrade or a CONNECT, and that nobody else has taken yet. The
 * server's duties are done here: responses that are still on their way go on when the socket drains, a client that ends its side has left, and what
 * it sends meanwhile is kept. The end of a client is seen behind no more than 64 KiB: what is not read hides what follows it.
 */
export class ReleasedConnection {
  readonly #socket: Socket;
  readonly #early: Buffer[];
  #earlyBytes: number;

  /** @param head - What was read behind the request. */
  constructor(socket: Socket, head: Buffer) {
    this.#socket = socket;
    this.#early = [head];
    this.#earlyBytes = head.length;
    socket.setTimeout(0);
    socket.on("drain", this.#onDrain);
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("error", ignore);
    // When reading was stopped, the one who would have started it again has gone with the server: this makes the stream ask for more itself.
    socket.push("");
  }

  /**
   * Give it to somebody, who listens to its errors at once.
   *
   * @returns What the client sent behind the request.
   */
  take(): Buffer {
    this.#socket.off("drain", this.#onDrain);
    this.#socket.off("data", this.#onData);
    this.#socket.off("end", this.#onEnd);
    this.#socket.off("error", ignore);
    Reflect.set(this.#socket, "readableFlowing", null);
    return Buffer.concat(this.#early.splice(0));
  }

  readonly #onDrain = (): void => {
    currentResponse(this.#socket)?.emit("drain");
  };

  readonly #onData = (chunk: Buffer): void => {
    this.#early.push(chunk);
    this.#earlyBytes += chunk.length;
    if (this.#earlyBytes >= MAX_EARLY_BYTES) this.#socket.pause();
  };

  /** As the HTTP server has it: whoever ends its side before the answer has left. */
  readonly #onEnd = (): void => {
    this.#socket.destroy();
  };
}

function ignore(): void {}
