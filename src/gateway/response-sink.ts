import type { ResponseHead } from "../codec/response-head.ts";

/** What leaves together with the head of a response. */
export interface FirstBlock {
  /** Bytes of the whole body, when known. */
  readonly bodyLength: number | undefined;
  readonly block: Uint8Array | undefined;
  /** Nothing follows: the response is complete. */
  readonly isLast: boolean;
}

/**
 * Where a response goes: a connection, seen from the gateway. Methods that return a promise ask the caller to wait for it
 * before it sends more: that is how the pace of the peer reaches the application. Such a promise also settles,
 * without an error, when the peer leaves; look at {@link isGone} then.
 */
export interface ResponseSink {
  /** True once nothing more can be delivered. */
  readonly isGone: boolean;
  /** Send the head, and the first block in the same write when there is one. Called at most once. */
  start(head: ResponseHead, first: FirstBlock): Promise<void> | undefined;
  /** Send one block; `isLast` ends the response. */
  write(block: Uint8Array, isLast: boolean): Promise<void> | undefined;
  /** The response is complete. */
  end(): void;
  /** The response can not be completed: make that as visible to the peer as the transport allows. */
  abort(): void;
  /** A promise when other requests of this process deserve a turn of the event loop. */
  breathe(): Promise<void> | undefined;
}
