import { ProtocolError } from "../errors.ts";
import { parseLength } from "./content-length.ts";
import type { ResponseHead } from "./response-head.ts";

/** How the end of a response body is recognised. */
export type ResponseFraming =
  /** There is no body, whatever the head says: HEAD, 204, 304. */
  | { readonly type: "none"; readonly length: number | undefined }
  | { readonly type: "length"; readonly length: number }
  | { readonly type: "chunked"; readonly length: undefined }
  /** Up to the end of the connection. */
  | { readonly type: "close"; readonly length: undefined };

/**
 * Decide how the body of a final response is framed.
 *
 * Two answers to that question are the raw material of response smuggling, so everything that could be read
 * in two ways is refused: Content-Length with Transfer-Encoding, two Content-Length, a length that is not
 * plain digits, any coding but a single `chunked`.
 *
 * @param method - The method of the request: a HEAD response has no body.
 * @throws {@link ProtocolError} `UWB_ERR_RESPONSE_FRAMING`, status hint 502.
 * @see protocol/README.md, "Response"; RFC 9112 section 6
 */
export function responseFraming(head: ResponseHead, method: string): ResponseFraming {
  const lengthText = onlyField(head, "content-length");
  const coding = onlyField(head, "transfer-encoding");
  if (lengthText !== undefined && coding !== undefined) {
    throw ambiguous("both Content-Length and Transfer-Encoding");
  }
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    throw ambiguous("a Transfer-Encoding other than chunked");
  }

  const length = lengthText === undefined ? undefined : parseLength(lengthText);
  if (lengthText !== undefined && length === undefined)
    throw ambiguous("a Content-Length that is not a length");
  if (method === "HEAD" || head.status === 204 || head.status === 304) return { type: "none", length };
  if (coding !== undefined) return { type: "chunked", length: undefined };
  return length === undefined ? { type: "close", length: undefined } : { type: "length", length };
}

/** The value of a field that may appear once, by its lower-case name. */
function onlyField(head: ResponseHead, wanted: string): string | undefined {
  let found: string | undefined;
  for (const [name, value] of head.headers) {
    if (name.length !== wanted.length || name.toLowerCase() !== wanted) continue;
    if (found !== undefined) throw ambiguous(`two ${name} fields`);
    found = value;
  }
  return found;
}

function ambiguous(what: string): ProtocolError {
  return new ProtocolError("UWB_ERR_RESPONSE_FRAMING", `the worker's response has ${what}`, {
    offset: 0,
    statusHint: 502,
  });
}
