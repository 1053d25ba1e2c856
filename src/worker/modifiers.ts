import { MODIFIER1 } from "../codec/constants.ts";

/** What a worker does with a packet. */
export type PacketKind = "request" | "ping" | "unknown";

/**
 * Values of `modifier1` that carry a request in the shape of `modifier1` 0: uWSGI's numbers for other languages (5 PSGI, 6 Lua, 7 Rack,
 * 8 JVM, 9 CGI, 14 PHP, 15 Mono), which old front configurations still send, and 30, "manage PATH_INFO".
 */
const REQUEST_MODIFIERS = new Set([MODIFIER1.request, 5, 6, 7, 8, 9, 14, 15, 30]);

/** @see protocol/README.md, "Modifiers" */
export function packetKind(modifier1: number): PacketKind {
  if (REQUEST_MODIFIERS.has(modifier1)) return "request";
  return modifier1 === MODIFIER1.ping ? "ping" : "unknown";
}
