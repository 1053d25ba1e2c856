import { ProtocolError } from "../errors.ts";

/** `[name, value]` in the order they stand on the wire; a name may appear more than once. Latin-1, a byte a character. */
export type HeaderPair = readonly [name: string, value: string];

/** Status line and header fields of a response, as a worker sends them in front of the body. */
export interface ResponseHead {
  /** Three digits, 100 to 999. */
  readonly status: number;
  /** Text after the status; may be empty. */
  readonly reason: string;
  readonly headers: readonly HeaderPair[];
}

/** Options of {@link parseResponseHead}. */
export interface ResponseHeadLimits {
  /** Refuse a head with more header fields. @defaultValue 256 */
  readonly maxFields?: number;
}

const DEFAULT_MAX_FIELDS = 256;
const STATUS_LINE = /^HTTP\/[0-9]\.[0-9] ([1-9][0-9]{2})(?: ([\t\u0020-\u007e\u0080-\u00ff]*))?$/;
const CGI_STATUS = /^([1-9][0-9]{2})(?: ([\t\u0020-\u007e\u0080-\u00ff]*))?$/;
const FIELD_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const FIELD_VALUE = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;

/**
 * Parse the head of a response: everything before the empty line, without it.
 *
 * Three forms occur behind the uwsgi protocol and are accepted: a status line; CGI style, where a `Status:`
 * field takes its place; and no status at all, which is 200, or 302 when there is a `Location:`. Line ends may be
 * CRLF or a bare LF. A `Status:` field is never part of the result.
 *
 * @param text - Latin-1, a character per byte.
 * @throws {@link ProtocolError} `UWB_ERR_RESPONSE_MALFORMED` for anything else, folded lines, a space before a colon and
 *   control characters included; `UWB_ERR_RESPONSE_TOO_LARGE` past `maxFields`. The status hint is 502.
 * @see protocol/README.md, "Response"; RFC 3875 section 6; RFC 9112 sections 4 and 5
 */
export function parseResponseHead(text: string, limits: ResponseHeadLimits = {}): ResponseHead {
  const statusLine = text.startsWith("HTTP/") ? STATUS_LINE.exec(lineAt(text, 0)) : undefined;
  if (statusLine === null) throw malformed("a malformed status line", 0);

  const fields = parseFields(
    text,
    statusLine ? nextLine(text, 0) : 0,
    limits.maxFields ?? DEFAULT_MAX_FIELDS,
  );
  const statusField = fields.find(isStatus);
  const headers = statusField ? fields.filter((field) => !isStatus(field)) : fields;
  const source = statusLine ?? (statusField && parseStatusField(statusField[1]));
  if (source) return { status: Number(source[1]), reason: trimmed(source[2] ?? "", 0), headers };
  if (fields.length === 0) throw malformed("an empty head", 0);
  return withoutStatus(headers);
}

/** A head that names no status: 302 when it redirects, else 200 (RFC 3875 sections 6.2.3 and 6.3.3). */
function withoutStatus(headers: readonly HeaderPair[]): ResponseHead {
  const redirects = headers.some(([name]) => name.toLowerCase() === "location");
  return redirects ? { status: 302, reason: "Found", headers } : { status: 200, reason: "OK", headers };
}

/**
 * Write a response head, the empty line included, as text of one character per byte.
 * The caller answers for the contents: names, values and reason were checked when the application gave them.
 *
 * @example
 * responseHeadText({ status: 200, reason: "OK", headers: [["X", "1"]] }); // "HTTP/1.1 200 OK\r\nX: 1\r\n\r\n"
 */
export function responseHeadText({ status, reason, headers }: ResponseHead): string {
  let text = `HTTP/1.1 ${status} ${reason}\r\n`;
  for (const [name, value] of headers) text += `${name}: ${value}\r\n`;
  return `${text}\r\n`;
}

function parseFields(text: string, start: number, maxFields: number): HeaderPair[] {
  const fields: HeaderPair[] = [];
  for (let offset = start; offset < text.length; offset = nextLine(text, offset)) {
    if (fields.length >= maxFields) throw tooManyFields(maxFields, offset);
    const line = lineAt(text, offset);
    const colon = line.indexOf(":");
    const name = line.slice(0, colon);
    const value = trimmed(line, colon + 1);
    if (colon === -1 || !FIELD_NAME.test(name) || !FIELD_VALUE.test(value)) {
      throw malformed("a malformed header field", offset);
    }
    fields.push([name, value]);
  }
  return fields;
}

function parseStatusField(value: string): RegExpExecArray {
  const status = CGI_STATUS.exec(value);
  if (!status) throw malformed("a malformed Status field", 0);
  return status;
}

function lineAt(text: string, start: number): string {
  const feed = text.indexOf("\n", start);
  if (feed === -1) return text.slice(start);
  return text.slice(start, text.charCodeAt(feed - 1) === 0x0d ? feed - 1 : feed);
}

function nextLine(text: string, start: number): number {
  const feed = text.indexOf("\n", start);
  return feed === -1 ? text.length : feed + 1;
}

function isStatus([name]: HeaderPair): boolean {
  return name.length === 6 && name.toLowerCase() === "status";
}

/** The text from `start` without the spaces and tabs around it. A loop: the usual expression is quadratic on long runs. */
function trimmed(text: string, start: number): string {
  let first = start;
  let end = text.length;
  while (first < end && isBlank(text.charCodeAt(first))) first += 1;
  while (end > first && isBlank(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(first, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function tooManyFields(maxFields: number, offset: number): ProtocolError {
  return new ProtocolError(
    "UWB_ERR_RESPONSE_TOO_LARGE",
    `the worker's response has more than ${maxFields} header fields`,
    { offset, statusHint: 502 },
  );
}

function malformed(message: string, offset: number): ProtocolError {
  return new ProtocolError("UWB_ERR_RESPONSE_MALFORMED", `the worker's response has ${message}`, {
    offset,
    statusHint: 502,
  });
}
