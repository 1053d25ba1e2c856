import { parseLength } from "../../codec/content-length.ts";
import { HOP_BY_HOP } from "../hop-by-hop.ts";
import { describe } from "../response-start.ts";
import type { Doubts } from "./doubts.ts";
import { fault } from "./lint-error.ts";
import { characterIn, counted, shown } from "./lint-message.ts";

/** What the validator keeps of a response that was announced. */
export interface AnnouncedHead {
  /** 200 to 999. */
  readonly status: number;
  /** Values by lower-case name; of repeated headers the last. */
  readonly fields: ReadonlyMap<string, string>;
  /** Content-Length in bytes, when there is one. */
  readonly contentLength: number | undefined;
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const CONTROL = /[^\t\u0020-\u007e\u0080-\uffff]/;
const WIDE = /[\u0100-\uffff]/;
const BLANK_AROUND = /^[\t ]|[\t ]$/;
const GATEWAY_KEY = /^(?:wsgi|uwsgi_bridge)\./;
const TEXT = /^text\//i;
/** Kinds of text that are UTF-8 by their own definition. */
const ALWAYS_UTF8 = /^text\/(?:calendar|csv|event-stream|vcard|vtt)\b/i;
const CHARSET = /;\s*charset\s*=/i;
/** Statuses that never come with a body (RFC 9110 section 6.4.1). */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304;
}

/** Check the second argument of `startResponse`: A21 to A35, A53. */
export function checkHeaders(headers: unknown, status: number, doubts: Doubts): AnnouncedHead {
  if (!Array.isArray(headers)) throw fault("A21", describe(headers));
  const fields = new Map<string, string>();
  for (const [index, header] of headers.entries()) {
    const [name, value] = checkPair(header, index);
    checkName(name);
    checkValue(name, value, doubts);
    const lowerName = name.toLowerCase();
    if (lowerName === "content-length" && fields.has(lowerName)) throw fault("A32", `headers[${index}]`);
    fields.set(lowerName, value);
  }
  checkContentType(fields.get("content-type"), status, doubts);
  return { status, fields, contentLength: checkContentLength(fields.get("content-length"), status) };
}

function checkPair(header: unknown, index: number): readonly [name: string, value: string] {
  if (!Array.isArray(header)) throw fault("A22", `${describe(header)} at headers[${index}]`);
  if (header.length !== 2) throw fault("A22", `${counted(header.length, "element")} at headers[${index}]`);
  const [name, value] = header as [unknown, unknown];
  if (typeof name !== "string") throw fault("A23", `${describe(name)} at headers[${index}]`);
  if (typeof value !== "string") throw fault("A25", `${describe(value)} for ${shown(name)}`);
  return [name, value];
}

function checkName(name: string): void {
  const lowerName = name.toLowerCase();
  if (!TOKEN.test(name)) throw fault("A24", shown(name));
  if (HOP_BY_HOP.has(lowerName)) throw fault("A29", name);
  if (lowerName === "status") throw fault("A30", name);
  if (GATEWAY_KEY.test(lowerName)) throw fault("A31", name);
}

/** Values are not shown: they may be cookies. */
function checkValue(name: string, value: string, doubts: Doubts): void {
  const control = characterIn(value, CONTROL);
  if (control !== undefined) throw fault("A26", `${control} for ${name}`);
  const wide = characterIn(value, WIDE);
  if (wide !== undefined) throw fault("A27", `${wide} for ${name}`);
  if (BLANK_AROUND.test(value)) doubts.raise("A28", `a blank at an end for ${name}`);
}

function checkContentLength(value: string | undefined, status: number): number | undefined {
  if (value === undefined) return undefined;
  const length = parseLength(value);
  if (length === undefined) throw fault("A33", shown(value));
  if (status === 204) throw fault("A34", shown(value));
  return length;
}

function checkContentType(type: string | undefined, status: number, doubts: Doubts): void {
  if (type === undefined) return;
  if (isBodiless(status)) doubts.raise("A35", `${shown(type)} with status ${status}`);
  else if (TEXT.test(type) && !ALWAYS_UTF8.test(type) && !CHARSET.test(type))
    doubts.raise("A53", shown(type));
}
