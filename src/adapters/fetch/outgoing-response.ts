import { PassThrough, Readable } from "node:stream";
import { ReadableStream } from "node:stream/web";
import { UsageError } from "../../errors.ts";
import { describe } from "../../gateway/response-start.ts";
import type { HeaderPair } from "../../gateway/types.ts";
import { LightResponse } from "./light-response.ts";
import { NativeResponse } from "./native-classes.ts";

/** A body that comes in blocks: a stream of the Fetch standard, or one of Node's. */
export type BodyStream = ReadableStream<Uint8Array> | Readable;

/** What there is to send, whichever kind of Response it comes from. */
export interface OutgoingResponse {
  readonly status: number;
  /** Undefined or empty: the usual one of the status. */
  readonly statusText: string | undefined;
  readonly headers: Iterable<HeaderPair>;
  /** Null: there is none. Bytes: it is known as a whole. */
  readonly body: BodyStream | Uint8Array | null;
}

/** The Response of srvx, on which H3 builds: it holds text and bytes as they are, and hands them out once. */
interface SrvxResponse {
  _toNodeResponse(): {
    status: number;
    statusText: string;
    /** Names and values in turn. */
    headers: unknown[];
    body?: SrvxBody | null;
  };
}

type SrvxBody = string | Uint8Array | BodyStream | Pick<Readable, "pipe">;

/** Responses of srvx that were sent: a second time they would be empty. */
const sent = new WeakSet<object>();

/**
 * Look at what a fetch handler returned, and take the body out of it.
 *
 * @throws {@link UsageError} `UWB_ERR_RESULT` when it is not a Response, or one whose body was read before.
 */
export function outgoingResponse(value: unknown): OutgoingResponse {
  if (typeof value !== "object" || value === null) throw notResponse(value);
  const whole = LightResponse.take(value);
  if (whole) return whole;
  if (isSrvxResponse(value)) return fromSrvx(value);
  if (!isResponse(value)) throw notResponse(value);
  if (value.bodyUsed || value.body?.locked) throw used();
  return value;
}

/** Objects of other implementations count as well, such as those of the package undici. */
function isResponse(value: object): value is Response {
  if (value instanceof NativeResponse) return true;
  if (!("status" in value && "headers" in value && "body" in value)) return false;
  const { status, headers, body } = value;
  const hasHeaders = typeof headers === "object" && headers !== null && Symbol.iterator in headers;
  return typeof status === "number" && hasHeaders && (body === null || isStream(body));
}

function isSrvxResponse(value: object): value is SrvxResponse {
  return "_toNodeResponse" in value && typeof value._toNodeResponse === "function";
}

function fromSrvx(response: SrvxResponse): OutgoingResponse {
  if (sent.has(response)) throw used();
  sent.add(response);
  const { status, statusText, headers, body } = response._toNodeResponse();
  const pairs: HeaderPair[] = [];
  for (let index = 0; index < headers.length; index += 2) {
    pairs.push([String(headers[index]), String(headers[index + 1])]);
  }
  return { status, statusText, headers: pairs, body: srvxBody(body ?? null) };
}

function srvxBody(body: SrvxBody | null): OutgoingResponse["body"] {
  if (typeof body === "string") return Buffer.from(body);
  if (body === null || body instanceof Uint8Array) return body;
  if (isStream(body)) {
    // Takes streams of both kinds, whatever its type says.
    if (Readable.isDisturbed(body as Readable)) throw used();
    return body;
  }
  // Something that can only be piped, such as what React renders.
  return body.pipe(new PassThrough());
}

function isStream(value: unknown): value is BodyStream {
  return value instanceof ReadableStream || value instanceof Readable;
}

function notResponse(value: unknown): UsageError {
  return new UsageError("UWB_ERR_RESULT", `the fetch handler returned ${describe(value)}, not a Response`);
}

function used(): UsageError {
  return new UsageError(
    "UWB_ERR_RESULT",
    "the fetch handler returned a Response whose body was read before: clone() it, or make one per request",
  );
}
