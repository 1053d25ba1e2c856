import type { ResponseFraming } from "../codec/response-framing.ts";
import type { ResponseHead } from "../codec/response-head.ts";
import type { UwsgiBridgeError } from "../errors.ts";
import type { UpstreamSocket } from "../net/upstream-socket.ts";

/** What is sent. */
export interface ExchangeRequest {
  readonly method: string;
  /** The packet, a character per byte: see `packetText`. */
  readonly packet: string;
  /** The body. Blocks up to 64 KiB that are known from the start are sent together with the packet. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
  /** The packet offers to keep the connection. @defaultValue false */
  readonly wasOffered?: boolean;
  /** The server speaks HTTP: `packet` is the head of a request. @defaultValue false */
  readonly isHttp?: boolean;
}

/** A connection that speaks another protocol from now on. */
export interface TakenConnection {
  readonly socket: UpstreamSocket;
  /** What the worker sent behind its 101. */
  readonly head: Buffer;
}

/** What comes back. After `onEnd` or `onError` nothing more. */
export interface ExchangeHandler {
  /** A 1xx head. */
  onInterim(head: ResponseHead): void;
  onHead(head: ResponseHead, framing: ResponseFraming): void;
  /** A block of body. False: no more until {@link Exchange.resume}. */
  onData(block: Uint8Array): boolean;
  /** Everything received so far was handed over. */
  onPause(): void;
  onEnd(): void;
  onError(error: UwsgiBridgeError): void;
}

/** Limits of an exchange. */
export interface ExchangeLimits {
  /** Longest wait for a connection, when there are too many or the backlog of the server is full. */
  readonly queueTimeoutMs: number;
  readonly connectTimeoutMs: number;
  /** Longest silence of the worker once the request was sent. */
  readonly readTimeoutMs: number;
  /** Longest time the worker may take nothing of the request. */
  readonly sendTimeoutMs: number;
}
