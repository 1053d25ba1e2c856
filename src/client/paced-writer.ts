import type { Socket } from "node:net";

/** Most bytes handed to the socket in one turn of the event loop. */
const SLICE_BYTES = 65_536;
/** Once an answer began, the peer must have been silent for this long before it gets more of the body. */
const QUIET_MS = 2;

/** What the writer needs to know of the response, and whom it tells about its progress. */
export interface WriterContext {
  /** Milliseconds since the last byte of the response, Infinity before the first one. */
  quietMs(): number;
  /** The peer does not take what was written; false: it does again, or it is the body that is waited for. */
  onBlocked(isBlocked: boolean): void;
}

/**
 * Sends a request body without losing an early answer.
 *
 * A server that answers before it has read the body, a 413 say, closes the connection, and every later write is
 * answered by a reset. Node destroys a socket whose write failed, together with the answer that waits unread in the kernel: a
 * fast writer lost 40 answers of 40. So at most one slice leaves per turn of the event loop, right after the sockets were
 * polled for reading, and none while an answer is coming in.
 *
 * @see protocol/README.md, "Body"
 */
export class PacedWriter {
  readonly #socket: Socket;
  readonly #context: WriterContext;
  #isStopped = false;
  #isWritable: (() => void) | undefined;

  constructor(socket: Socket, context: WriterContext) {
    this.#socket = socket;
    this.#context = context;
    socket.on("drain", () => this.#wake());
    socket.on("close", () => this.stop());
  }

  /**
   * Send all blocks.
   *
   * @returns False when the writer was stopped first.
   * @throws what the body's iterator throws.
   */
  async send(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<boolean> {
    for await (const block of body) {
      for (let offset = 0; offset < block.length; offset += SLICE_BYTES) {
        await this.#turn();
        if (this.#isStopped) return false;
        await this.#write(block.subarray(offset, offset + SLICE_BYTES));
      }
      if (this.#isStopped) return false;
    }
    return true;
  }

  /** Nothing more is to be sent: the answer is complete, or the connection is gone. */
  stop(): void {
    this.#isStopped = true;
    this.#wake();
  }

  /** The phase of the event loop that follows the polling of sockets, and no answer on its way in. */
  async #turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    for (
      let quiet = this.#context.quietMs();
      quiet < QUIET_MS && !this.#isStopped;
      quiet = this.#context.quietMs()
    ) {
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  #write(slice: Uint8Array): Promise<void> | undefined {
    if (this.#socket.write(slice) || this.#isStopped) return undefined;
    this.#context.onBlocked(true);
    return new Promise((resolve) => {
      this.#isWritable = resolve;
    });
  }

  #wake(): void {
    const wake = this.#isWritable;
    this.#isWritable = undefined;
    if (!wake) return;
    this.#context.onBlocked(false);
    wake();
  }
}
