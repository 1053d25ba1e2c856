import type { Vars } from "../../codec/vars.ts";

/** What a line of the access log is written from. Texts are as the client sent them, a character per byte. */
export interface AccessRecord {
  /** When the response was over, in milliseconds since 1970. */
  readonly atMs: number;
  readonly remoteAddress: string;
  readonly remotePort: string;
  readonly scheme: string;
  /** Empty: what the client sent was no request. */
  readonly method: string;
  readonly target: string;
  /** `"HTTP/1.1"` */
  readonly protocol: string;
  readonly host: string;
  readonly referer: string;
  readonly userAgent: string;
  /** 499: the client left before there was one. */
  readonly status: number;
  /** Bytes sent to the client behind the head of the response. */
  readonly bodyBytes: number;
  /** The head included. */
  readonly bytes: number;
  /** The response left as a whole. */
  readonly isComplete: boolean;
  readonly durationMs: number;
  readonly requestId: string;
  /** Of a `traceparent` that is valid; empty: there is none. */
  readonly traceId: string;
  /** The code of what went wrong; empty: nothing. */
  readonly code: string;
  /** `undefined`: no server was asked. */
  readonly upstream: UpstreamRecord | undefined;
}

/** The last server that was asked, and the milliseconds that it took; NaN: it did not come so far. */
export interface UpstreamRecord {
  readonly address: string;
  /** Servers, or connections, that were tried. */
  readonly attempts: number;
  readonly vars: Vars;
  readonly queueMs: number;
  readonly connectMs: number;
  /** From the connection to the first byte of the response. */
  readonly headerMs: number;
  /** From the connection to the last byte of the response. */
  readonly responseMs: number;
}
