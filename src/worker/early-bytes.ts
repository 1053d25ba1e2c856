import type { Socket } from "node:net";

/** Blocks that are kept; the rest waits in the socket. */
const MAX_BLOCKS = 4;

/** What a peer sends before the switch of protocols that it asked for. */
export class EarlyBytes {
  readonly #socket: Socket;
  #blocks: Buffer[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  keep(bytes: Buffer): void {
    this.#blocks.push(bytes);
    if (this.#blocks.length >= MAX_BLOCKS) this.#socket.pause();
  }

  /** All of it, once. */
  take(): Buffer {
    return Buffer.concat(this.#blocks.splice(0));
  }
}
