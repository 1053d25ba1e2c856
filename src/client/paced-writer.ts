import type { UpstreamSocket } from "../net/upstream-socket.ts";

/** Most bytes handed to the socket in one turn of the event loop. */
const SLICE_BYTES = 65_536;
/** Once an answer began, the peer must have been silent for this long before it gets more of the body. */
const QUIET_MS = 10;

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
 * A server may answer before it has read the body, with a 413 say, and close. What is sent after that makes its system drop the
 * rest of the answer. So at most one slice leaves per turn of the event loop, right after the sockets were polled for
 * reading, and none while an answer is coming in. A body that is answered while it is read, an echo say, still gets through, only
 * slower. Together with {@link UpstreamSocket}, which keeps what has arrived, 40 answers of 40 were delivered; eager writing lost all.
 *
 * @see protocol/README.md, "Body"
 */
export class PacedWriter {
  readonly #socket: UpstreamSocket;
  readonly #context: WriterContext;
  #written = 0;
  #isStopped = false;
  #isWritable: (() => void) | undefined;

  constructor(socket: UpstreamSocket, context: WriterContext) {
    this.#socket = socket;
    this.#context = context;
    socket.on("drain", this.#wake);
    socket.on("close", this.stop);
  }

  /** Bytes handed to the socket so far. */
  get writtenBytes(): number {
    return this.#written;
  }

  /**
   * Send all blocks, or as many as the peer takes.
   *
   * @throws what the body's iterator throws.
   */
  async send(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    for await (const block of body) {
      for (let offset = 0; offset < block.length; offset += SLICE_BYTES) {
        await this.#turn();
        if (this.#isPointless) return;
        await this.#write(block.subarray(offset, offset + SLICE_BYTES));
      }
      if (this.#isPointless) return;
    }
  }

  /** Nobody reads what is sent from now on. */
  get #isPointless(): boolean {
    return this.#isStopped || this.#socket.writeError !== undefined;
  }

  /** Nothing more is to be sent: the answer is complete, or the connection is gone. */
  readonly stop = (): void => {
    this.#isStopped = true;
    this.#socket.off("drain", this.#wake).off("close", this.stop);
    this.#wake();
  };

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
    this.#written += slice.length;
    if (this.#socket.write(slice) || this.#isStopped) return undefined;
    this.#context.onBlocked(true);
    return new Promise((resolve) => {
      this.#isWritable = resolve;
    });
  }

  readonly #wake = (): void => {
    const wake = this.#isWritable;
    this.#isWritable = undefined;
    if (!wake) return;
    this.#context.onBlocked(false);
    wake();
  };
}
