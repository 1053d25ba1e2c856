import { parseLength } from "../../codec/content-length.ts";
import { type HeaderMap, headerRule } from "./header-rules.ts";
import type { HttpHead } from "./http-head.ts";
import type { ParsedRequest } from "./parsed-request.ts";
import type { Refusal } from "./refusal.ts";
import { ALLOW, readPlace } from "./request-place.ts";

/** Limits of {@link parseRequest}. */
export interface RequestLimits {
  readonly maxHeaders: number;
  /** From the request line to the empty line. @defaultValue no limit */
  readonly maxHeadBytes?: number;
  /** 0: no limit. */
  readonly maxBodyBytes: number;
  /** What names get that can not be told from others once they are vars. @defaultValue `"drop"` */
  readonly headerMap?: HeaderMap;
}

const REFUSED_METHODS = new Set(["CONNECT", "TRACE", "TRACK"]);
/** Names that a `Connection` field may not remove: the message means something else without them. */
const PROTECTED = new Set(["host", "content-length", "content-type", "authorization", "cookie"]);
const ENDS_IN_CHUNKS = /(?:^|[ \t,])chunked$/;
/** A line of the head, without its line end. */
const MAX_LINE_BYTES = 8190;
/** Two spaces and the version. */
const REQUEST_LINE_BYTES = "  HTTP/1.1".length;
/** A colon and a space; a line end. */
const SEPARATOR_BYTES = 2;
const LINE_END_BYTES = 2;

/**
 * Decide whether a request may reach a worker, and take it apart if so.
 *
 * node:http has already refused broken syntax. What is checked here is what it lets through although two programs could read it in
 * two ways: versions, targets, Host, repeated fields, body lengths.
 *
 * @see RFC 9112 sections 3 and 6; RFC 9110 sections 5.3 and 7.6.1
 */
export function parseRequest(head: HttpHead, limits: RequestLimits): ParsedRequest | Refusal {
  const { method, target, httpVersion, rawHeaders } = head;
  if (httpVersion !== "1.1" && httpVersion !== "1.0") return refuse(505, `HTTP/${httpVersion} is not served`);
  if (REFUSED_METHODS.has(method))
    return { ...refuse(405, `${method} is not served`), headers: [["Allow", ALLOW]] };
  const lineBytes = method.length + target.length + REQUEST_LINE_BYTES;
  if (lineBytes > MAX_LINE_BYTES) return refuse(414, `a request line above ${MAX_LINE_BYTES} bytes`);
  if (rawHeaders.length / 2 > limits.maxHeaders)
    return refuse(431, `more than ${limits.maxHeaders} header fields`);

  const fields = readFields(rawHeaders, limits.headerMap ?? "drop");
  if ("status" in fields) return fields;
  // Node counts the target, the names and the values, and nothing between them.
  const { maxHeadBytes = Number.POSITIVE_INFINITY } = limits;
  if (lineBytes + fields.bytes + 2 * LINE_END_BYTES > maxHeadBytes)
    return refuse(431, `a request head above ${maxHeadBytes} bytes`);
  const place = readPlace(head, fields.host);
  if ("status" in place) return place;
  const bodyLength = readBodyLength(fields, httpVersion, limits.maxBodyBytes);
  if (typeof bodyLength === "object") return bodyLength;
  const { vars: headerVars, dropped: droppedHeaders } = fields;
  return { method, httpVersion, ...place, bodyLength, headerVars, droppedHeaders };
}

interface Fields {
  host: string | undefined;
  length: string | undefined;
  coding: string | undefined;
  expect: string | undefined;
  connection: string;
  /** Of all lines, with their ends. */
  bytes: number;
  vars: [string, string][];
  readonly headerMap: HeaderMap;
  dropped: number;
}

function readFields(rawHeaders: readonly string[], headerMap: HeaderMap): Fields | Refusal {
  const fields: Fields = {
    host: undefined,
    length: undefined,
    coding: undefined,
    expect: undefined,
    connection: "",
    bytes: 0,
    vars: [],
    headerMap,
    dropped: 0,
  };
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    const bytes = name.length + SEPARATOR_BYTES + value.length;
    if (bytes > MAX_LINE_BYTES) return refuse(431, `a header field above ${MAX_LINE_BYTES} bytes`);
    fields.bytes += bytes + LINE_END_BYTES;
    const refusal = readField(fields, name, value);
    if (refusal) return refusal;
  }
  if (fields.connection !== "") dropListed(fields);
  return fields;
}

function readField(fields: Fields, name: string, value: string): Refusal | undefined {
  const { kind, varName } = headerRule(name);
  switch (kind) {
    case "host":
    case "length":
    case "coding":
    case "expect":
      if (fields[kind] !== undefined) return refuse(400, `more than one ${name} field`);
      fields[kind] = value;
      return undefined;
    case "connection":
      if (!isOrdinary(value)) fields.connection += `,${value}`;
      return undefined;
    case "drop":
      return undefined;
    case "unmapped":
      return addUnmapped(fields, varName, name, value);
    default:
      return addVar(fields.vars, [varName, value], { kind, name });
  }
}

function addUnmapped(fields: Fields, varName: string, name: string, value: string): Refusal | undefined {
  if (fields.headerMap === "refuse")
    return refuse(400, "the name of a header field has other characters than letters, digits and hyphens");
  if (fields.headerMap === "allow" && varName !== "")
    return addVar(fields.vars, [varName, value], { kind: "list", name });
  fields.dropped += 1;
  return undefined;
}

function addVar(
  vars: [string, string][],
  [varName, value]: [string, string],
  { kind, name }: { kind: "list" | "cookie" | "single"; name: string },
): Refusal | undefined {
  const earlier = vars.find((pair) => pair[0] === varName);
  if (!earlier) vars.push([varName, value]);
  else if (kind === "single") return refuse(400, `more than one ${name} field`);
  else earlier[1] += kind === "cookie" ? `; ${value}` : `, ${value}`;
  return undefined;
}

/** The two values nearly all clients send, which list nothing. */
function isOrdinary(connection: string): boolean {
  return connection === "keep-alive" || connection === "close";
}

/** Fields that a `Connection` field declares to be meant for us alone. */
function dropListed(fields: Fields): void {
  for (const token of fields.connection.split(",")) {
    const name = token.trim();
    const { kind, varName } = headerRule(name);
    if (varName === "" || PROTECTED.has(name.toLowerCase())) continue;
    if (kind === "unmapped" && fields.headerMap !== "allow") continue;
    fields.vars = fields.vars.filter(([key]) => key !== varName);
  }
}

function readBodyLength(
  { length, coding }: Fields,
  httpVersion: string,
  maxBodyBytes: number,
): number | "chunked" | undefined | Refusal {
  if (coding !== undefined) {
    if (httpVersion === "1.0") return refuse(400, "Transfer-Encoding in an HTTP/1.0 request");
    if (length !== undefined) return refuse(400, "both Content-Length and Transfer-Encoding");
    const codings = coding.toLowerCase();
    if (codings === "chunked") return "chunked";
    // RFC 9112 section 6.3: without chunks at the end nobody knows where the body ends.
    return ENDS_IN_CHUNKS.test(codings)
      ? refuse(501, "a Transfer-Encoding other than chunked")
      : refuse(400, "a Transfer-Encoding that does not end in chunked");
  }
  if (length === undefined) return undefined;
  const bytes = parseLength(length);
  const limit = maxBodyBytes === 0 ? Number.POSITIVE_INFINITY : maxBodyBytes;
  if (bytes === undefined)
    return refuse(/^\d+$/.test(length) ? 413 : 400, "Content-Length is not a usable length");
  return bytes > limit ? refuse(413, `the request body has ${bytes} bytes, the limit is ${limit}`) : bytes;
}

function refuse(status: number, reason: string): Refusal {
  return { status, reason };
}
