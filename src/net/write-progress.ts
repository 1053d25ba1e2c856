import type { Socket } from "node:net";

/** Watches whether what was written to a socket also leaves. */
export class WriteProgress {
  readonly #socket: Socket;
  #written = 0;
  #queued = 0;
  #movedAt = Number.NEGATIVE_INFINITY;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** For how long nothing has left although something waits; 0: it moves, or nothing waits. To be asked now and then. */
  stalledMs(now: number): number {
    const { bytesWritten, writableLength } = this.#socket;
    const written = bytesWritten - writableLength;
    // Bytes of the present write that the system has not taken.
    const queued =
      (Reflect.get(this.#socket, "_handle") as { writeQueueSize?: number } | null)?.writeQueueSize ?? 0;
    const hasMoved = written !== this.#written || queued < this.#queued;
    this.#written = written;
    this.#queued = queued;
    if (hasMoved || writableLength === 0 || this.#movedAt === Number.NEGATIVE_INFINITY) this.#movedAt = now;
    return now - this.#movedAt;
  }
}
