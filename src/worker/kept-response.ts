import { PERSISTENCE } from "../codec/persistence.ts";
import { type HeaderPair, type ResponseHead, responseHeadText } from "../codec/response-head.ts";
import type { FirstBlock } from "../gateway/response-sink.ts";

/** How a response is framed on a connection that is kept. */
export interface KeptHead {
  readonly text: string;
  /** The body goes in chunks, and ends with an empty one. */
  readonly isChunked: boolean;
}

/** Ends a chunked body. */
export const LAST_CHUNK = "0\r\n\r\n";

/** The response field that accepts the offer to keep a connection. */
export function acceptance(idleMs: number): HeaderPair {
  return [PERSISTENCE.header, String(Math.floor(idleMs / 1000))];
}

/**
 * The head of a response on a connection that will be used again: its body has a length, or it is chunked.
 *
 * @param isHead - The request was HEAD: whatever the head says, no body follows.
 */
export function keptHead(
  head: ResponseHead,
  { bodyLength, isLast }: FirstBlock,
  { isHead, accept }: { readonly isHead: boolean; readonly accept: HeaderPair },
): KeptHead {
  const isBodiless = isHead || head.status === 204 || head.status === 304;
  const isChunked = bodyLength === undefined && !isBodiless && !isLast;
  const headers: HeaderPair[] = [...head.headers, accept];
  if (isChunked) headers.push(["Transfer-Encoding", "chunked"]);
  else if (bodyLength === undefined && !isBodiless) headers.push(["Content-Length", "0"]);
  return { text: responseHeadText({ ...head, headers }), isChunked };
}
