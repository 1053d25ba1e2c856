import type { ReadableStream, ReadableStreamDefaultReader } from "node:stream/web";
import type { EarlyHeadBody } from "../../gateway/early-head.ts";
import { nextTurn } from "../next-turn.ts";
import type { ClientSignal } from "./client-signal.ts";

/**
 * The body of a Response as the gateway takes it: one block at a time, never ahead of the connection. What stops the gateway
 * cancels the stream, also while a block is awaited that may never come; a generator could not be stopped there.
 */
export class ResponseBlocks implements AsyncIterableIterator<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #client: ClientSignal;

  constructor(stream: ReadableStream<Uint8Array>, client: ClientSignal) {
    this.#reader = stream.getReader();
    this.#client = client;
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

/** The same for server-sent events: the client is told at once that it is connected, however long the first event takes. */
export class EventBlocks extends ResponseBlocks implements EarlyHeadBody {
  untilHeadLeaves(): Promise<void> {
    return nextTurn();
  }
}
