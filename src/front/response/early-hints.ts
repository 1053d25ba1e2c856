import type { ResponseFraming } from "../../codec/response-framing.ts";
import { type ResponseHead, responseHeadText } from "../../codec/response-head.ts";
import { clientHeaders } from "./response-headers.ts";

const EARLY_HINTS = 103;
const NO_BODY: ResponseFraming = { type: "none", length: undefined };

/**
 * A worker's interim head as a client gets it, a character per byte.
 *
 * @returns `undefined` for every one but `103 Early Hints`: a 100 is the front's own to send, and nobody waits for the others.
 * @see RFC 8297
 */
export function earlyHintsText(head: ResponseHead): string | undefined {
  if (head.status !== EARLY_HINTS) return undefined;
  const headers = clientHeaders(head, NO_BODY);
  if (headers.length === 0) return undefined;
  return responseHeadText({ status: EARLY_HINTS, reason: "Early Hints", headers });
}
