import type { ReadableStream, ReadableStreamDefaultReader } from "node:stream/web";
import { EarlyHeadBody } from "../../gateway/early-head.ts";
import { nextTurn } from "../next-turn.ts";
import type { ClientSignal } from "./client-signal.ts";

/**
 * The body of a Response as the gateway takes it: one block at a time, never ahead of the connection. What stops the gateway
 * cancels the stream, also while a block is awaited that may never come; a generator could not be stopped there.
 */
export class ResponseBlocks extends EarlyHeadBody implements AsyncIterableIterator<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #client: ClientSignal;
  readonly #isEvents: boolean;

  /** @param isEvents - The client is told at once that it is connected, however long the first event takes. */
  constructor(stream: ReadableStream<Uint8Array>, client: ClientSignal, isEvents: boolean) {
    super();
    this.#reader = stream.getReader();
    this.#client = client;
    this.#isEvents = isEvents;
  }

  override untilHeadLeaves(): Promise<void> | undefined {
    return this.#isEvents ? nextTurn() : undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    return this.#reader.read() as Promise<IteratorResult<Uint8Array, undefined>>;
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    await this.close();
    return { done: true, value: undefined };
  }

  /** Cancel the stream, unless it has ended. Also called when the client left before the first block was asked for. */
  async close(): Promise<void> {
    try {
      await this.#reader.cancel(this.#client.reason);
    } catch (error) {
      // A stream that depends on the request's signal has failed of itself by now, as it should.
      if (error === undefined || error !== this.#client.reason) throw error;
    }
  }
}
