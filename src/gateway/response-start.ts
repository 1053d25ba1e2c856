import { parseLength } from "../codec/content-length.ts";
import { isEventStream } from "../codec/event-stream.ts";
import { PERSISTENCE } from "../codec/persistence.ts";
import type { HeaderPair, ResponseHead } from "../codec/response-head.ts";
import { UsageError } from "../errors.ts";
import { HOP_BY_HOP } from "./hop-by-hop.ts";
import { reasonPhrase } from "./reason-phrases.ts";

/** nginx would hold events back until they fill a buffer. Our front takes this field off; others pass it on, where it does no harm. */
const UNBUFFERED: HeaderPair = ["X-Accel-Buffering", "no"];

/** A response as `startResponse` announced it, checked and ready to be sent. */
export interface AnnouncedResponse {
  readonly head: ResponseHead;
  /** Content-Length as the application declared it, in bytes. */
  readonly contentLength: number | undefined;
}

const KEPT = PERSISTENCE.header.toLowerCase();
const STATUS = /^([1-9][0-9]{2}) ([\t\u0020-\u007e\u0080-\u00ff]*)$/;
/** Not `trimEnd`, which takes U+00A0 for a space: as a byte it may be the end of an accented letter in UTF-8. */
const ENDS_BLANK = /[\t ]$/;
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/**
 * Check what an application passed to `startResponse`.
 *
 * Two equal Content-Length fields become one, and a 204 loses its Content-Length: both are common and harmless. Server-sent events get
 * `X-Accel-Buffering: no`, unless the application has its own, because nginx would hold them back. Everything
 * else that could not be put on the wire as it is throws, at the call, so that the stack names the line.
 *
 * @throws {@link UsageError} as {@link StartResponse} lists.
 * @see PEP 3333, "The start_response() Callable"
 */
export function announceResponse(status: unknown, headers: unknown): AnnouncedResponse {
  const [code, reason] = parseStatus(status);
  if (!Array.isArray(headers)) {
    throw new UsageError("UWB_ERR_HEADERS", `headers must be an array of pairs, got ${describe(headers)}`);
  }
  const checked: HeaderPair[] = [];
  let contentLength: number | undefined;
  for (const [index, header] of headers.entries()) {
    const pair = checkPair(header, index);
    const lowerName = pair[0].toLowerCase();
    refuseServerField(pair[0], lowerName);
    // Between the worker and our front: an application that repeats what it has seen somewhere means nothing by it.
    if (lowerName === KEPT) continue;
    if (lowerName === "content-length") {
      const length = parseContentLength(pair[1], contentLength);
      if (contentLength === undefined && code !== 204) checked.push(pair);
      contentLength = length;
    } else {
      checked.push(pair);
    }
  }
  if (isEventStream(checked) && !checked.some(saysBuffering)) checked.push(UNBUFFERED);
  return {
    head: { status: code, reason, headers: checked },
    contentLength: code === 204 ? undefined : contentLength,
  };
}

/**
 * Check header fields by themselves, whatever they mean.
 *
 * @throws {@link UsageError} `UWB_ERR_HEADERS`, `UWB_ERR_HEADER_NAME`, `UWB_ERR_HEADER_VALUE`.
 */
export function checkFields(headers: unknown): HeaderPair[] {
  if (!Array.isArray(headers)) {
    throw new UsageError("UWB_ERR_HEADERS", `headers must be an array of pairs, got ${describe(headers)}`);
  }
  return headers.map(checkPair);
}

/** `"a string"`, `"a number"`, `"null"`: how messages name what they got. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (value instanceof Uint8Array) return "bytes";
  if (typeof value === "object") return `an object (${value.constructor?.name ?? "no prototype"})`;
  return `a ${typeof value}`;
}

function parseStatus(status: unknown): [code: number, reason: string] {
  if (typeof status === "number") {
    if (Number.isInteger(status) && status >= 200 && status <= 999) return [status, reasonPhrase(status)];
    throw statusError(`a numeric status must be 200 to 999, got ${status}`);
  }
  if (typeof status !== "string") {
    throw statusError(`status must be a string like "200 OK", got ${describe(status)}`);
  }
  const [, code = "", reason = ""] = STATUS.exec(status) ?? [];
  if (code === "") {
    throw statusError(
      `status must be three digits, a space and a reason without control characters, got ${quoted(status)}`,
    );
  }
  if (code < "200") throw statusError(`1xx is not a final status, got ${quoted(status)}`);
  if (ENDS_BLANK.test(reason)) throw statusError(`status ends in a space: ${quoted(status)}`);
  return [Number(code), reason];
}

function checkPair(header: unknown, index: number): HeaderPair {
  if (!Array.isArray(header) || header.length !== 2) {
    throw new UsageError("UWB_ERR_HEADERS", `headers[${index}] must be a [name, value] pair`);
  }
  const [name, value] = header as [unknown, unknown];
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new UsageError("UWB_ERR_HEADER_NAME", `headers[${index}] has an invalid name: ${quoted(name)}`);
  }
  if (typeof value !== "string") {
    throw new UsageError(
      "UWB_ERR_HEADER_VALUE",
      `the value of ${name} must be a string, got ${describe(value)}`,
    );
  }
  if (!VALUE.test(value)) {
    throw new UsageError(
      "UWB_ERR_HEADER_VALUE",
      `the value of ${name} has a control character or one above U+00FF; encode text to UTF-8 bytes first`,
    );
  }
  return [name, value];
}

function refuseServerField(name: string, lowerName: string): void {
  if (HOP_BY_HOP.has(lowerName)) {
    throw new UsageError("UWB_ERR_HOP_BY_HOP", `${name} belongs to the connection: the server sets it`);
  }
  if (lowerName === "status") {
    throw new UsageError("UWB_ERR_HEADER_NAME", "Status is not a header here: use the status argument");
  }
}

function parseContentLength(value: string, earlier: number | undefined): number {
  const length = parseLength(value);
  if (length === undefined) {
    throw new UsageError("UWB_ERR_CONTENT_LENGTH", `Content-Length must be digits, got ${quoted(value)}`);
  }
  if (earlier !== undefined && earlier !== length) {
    throw new UsageError("UWB_ERR_CONTENT_LENGTH", `two Content-Length fields: ${earlier} and ${length}`);
  }
  return length;
}

function statusError(message: string): UsageError {
  return new UsageError("UWB_ERR_STATUS", message);
}

function saysBuffering([name]: HeaderPair): boolean {
  return name.toLowerCase() === "x-accel-buffering";
}

function quoted(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : describe(value);
}
