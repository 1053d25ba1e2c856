import { Socket } from "node:net";

/** How long the socket of a request may be silent; 0: for ever. */
export class SilenceLimit {
  readonly #socket: Socket;
  #limitMs = 0;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** From now on. The same limit again changes nothing: the socket counts from its last byte. */
  set(limitMs: number): void {
    if (limitMs === this.#limitMs) return;
    this.#limitMs = limitMs;
    // A direct application may have put a timeout of its own in the place of the method.
    Socket.prototype.setTimeout.call(this.#socket, limitMs);
  }

  /** The limit was met, and is to be met again. */
  reset(): void {
    this.#limitMs = 0;
  }
}
