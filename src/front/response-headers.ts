import type { ResponseFraming } from "../codec/response-framing.ts";
import type { HeaderPair, ResponseHead } from "../codec/response-head.ts";

/** Fields that were meant for the front, or for the connection between it and the worker. */
const DROPPED = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-sendfile",
  "x-accel-redirect",
  "x-accel-buffering",
  "x-accel-charset",
  "x-accel-expires",
  "x-accel-limit-rate",
]);

/** Fields of which a client may take either when there are two: the first one counts. */
const SINGLE = new Set(["content-type", "date", "location", "server"]);

/**
 * The fields of a worker's response that the client gets, in their order.
 *
 * Content-Length is written anew from the framing that was checked, so that the client sees one, in one spelling. A 204 has none.
 *
 * @see RFC 9110 sections 7.6.1 and 8.6
 */
export function clientHeaders(head: ResponseHead, framing: ResponseFraming): HeaderPair[] {
  const listed = listedInConnection(head);
  const seen = new Set<string>();
  const headers: HeaderPair[] = [];
  for (const pair of head.headers) {
    const name = pair[0].toLowerCase();
    if (DROPPED.has(name) || listed?.has(name)) continue;
    if (SINGLE.has(name)) {
      if (seen.has(name)) continue;
      seen.add(name);
    }
    headers.push(pair);
  }
  if (framing.length !== undefined && head.status !== 204)
    headers.push(["Content-Length", String(framing.length)]);
  return headers;
}

function listedInConnection(head: ResponseHead): Set<string> | undefined {
  let listed: Set<string> | undefined;
  for (const [name, value] of head.headers) {
    if (name.length !== 10 || name.toLowerCase() !== "connection") continue;
    listed ??= new Set();
    for (const token of value.split(",")) listed.add(token.trim().toLowerCase());
  }
  return listed;
}
