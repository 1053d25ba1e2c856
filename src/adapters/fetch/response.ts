import { ReadableStream } from "node:stream/web";
import { isEventStream } from "../../codec/event-stream.ts";
import { reasonPhrase } from "../../gateway/reason-phrases.ts";
import type { Environ, HeaderPair, ResponseBody, StartResponse, StatusLine } from "../../gateway/types.ts";
import type { ClientSignal } from "./client-signal.ts";
import { endToEndHeaders } from "./headers.ts";
import { type BodyStream, type OutgoingResponse, outgoingResponse } from "./outgoing-response.ts";
import { ResponseBlocks } from "./response-blocks.ts";

/** Not `trimEnd`, which takes U+00A0 for a space: as a byte it may be the end of an accented letter in UTF-8. */
const TRAILING_BLANKS = /[\t ]+$/;

/** Where a Response goes. */
export interface ResponseTarget {
  readonly environ: Environ;
  readonly startResponse: StartResponse;
  readonly client: ClientSignal;
}

/**
 * Announce what a fetch handler returned, and give its body the form the gateway takes.
 *
 * @param error - What the Response stands in for, when the handler failed: a head that was announced before is then replaced.
 * @throws as {@link outgoingResponse} and {@link StartResponse} do; the body was cancelled then.
 */
export function sendResponse(
  value: unknown,
  { environ, startResponse, client }: ResponseTarget,
  error?: unknown,
): ResponseBody {
  const response = outgoingResponse(value);
  const { status, body } = response;
  const isHead = environ.REQUEST_METHOD === "HEAD";
  let headers: HeaderPair[];
  try {
    headers = headersOf(response, isHead);
    startResponse(statusLine(response), headers, error);
  } catch (failure) {
    discard(body, failure);
    throw failure;
  }
  if (body === null) return [];
  if (isHead || status === 204 || status === 304) {
    discard(body);
    return [];
  }
  if (body instanceof Uint8Array) return [body];
  return body instanceof ReadableStream ? new ResponseBlocks(body, client, isEventStream(headers)) : body;
}

function statusLine({ status, statusText = "" }: OutgoingResponse): StatusLine {
  return `${status} ${statusText.replace(TRAILING_BLANKS, "") || reasonPhrase(status)}`;
}

/** A HEAD is answered with the length of the body it does not get, where that is known. */
function headersOf({ headers, body }: OutgoingResponse, isHead: boolean): HeaderPair[] {
  const kept = endToEndHeaders(headers);
  const lacksLength =
    isHead && body instanceof Uint8Array && !kept.some(([name]) => name === "content-length");
  if (lacksLength) kept.push(["Content-Length", String(body.length)]);
  return kept;
}

/** Nobody will read this body. Whoever makes it is told, and whether that works concerns nobody. */
function discard(body: BodyStream | Uint8Array | null, reason?: unknown): void {
  if (body === null || body instanceof Uint8Array) return;
  if (body instanceof ReadableStream) body.cancel(reason).catch(() => undefined);
  else body.destroy();
}
