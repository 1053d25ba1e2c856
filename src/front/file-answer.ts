import type { ResponseFraming } from "../codec/response-framing.ts";
import type { HeaderPair, ResponseHead } from "../codec/response-head.ts";
import type { Vars } from "../codec/vars.ts";

/** What there is to know of a file before it is read. */
export interface FileFacts {
  /** Bytes. */
  readonly size: number;
  readonly mtimeMs: number;
}

/** How a request for a file is answered. */
export interface FileAnswer {
  readonly head: ResponseHead;
  readonly framing: ResponseFraming;
  /** The bytes to send; none: both are 0. */
  readonly start: number;
  readonly length: number;
}

/** What an application says of the body that is not sent, beside what the front strips anyway. */
const OF_THE_OTHER_BODY = new Set([
  "accept-ranges",
  "content-encoding",
  "content-length",
  "content-range",
  "etag",
  "last-modified",
]);
const OF_A_BODY = new Set(["content-type", "content-disposition"]);
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/;
const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  206: "Partial Content",
  304: "Not Modified",
  412: "Precondition Failed",
  416: "Range Not Satisfiable",
};

/**
 * Answer a request with a file in place of the body of an application. The application's fields stay, but for those about its own
 * body; ETag and Last-Modified are the file's. Conditions and one range are honoured when the application said 200; with any other status, that of an
 * error page say, the file is sent whole.
 *
 * @param vars - Those of the request: its conditions are among them.
 * @see RFC 9110 sections 13.2 and 14.2
 */
export function fileAnswer(
  app: ResponseHead,
  { method, vars }: { readonly method: string; readonly vars: Vars },
  file: FileFacts,
): FileAnswer {
  const fields = new FileFields(app, file);
  const reads = method === "GET" || method === "HEAD";
  // A 206 without its range would be a lie: the application that says so leaves the range to us.
  if (!reads || (app.status !== 200 && app.status !== 206)) {
    const status = app.status === 206 ? 200 : app.status;
    const reason = app.status === 206 ? "OK" : app.reason;
    return whole({ status, reason, headers: fields.ofFile }, method, file.size);
  }
  const conditions = new Map(vars);
  const failed = failedCondition(conditions, fields, file);
  if (failed !== undefined) return bodiless(failed, fields.ofNoBody);
  const range = method === "GET" ? rangeOf(conditions, fields, file) : undefined;
  if (range === "unsatisfiable")
    return bodiless(416, [...fields.ofNoBody, ["Content-Range", `bytes */${file.size}`]]);
  if (!range)
    return whole(
      { status: 200, reason: app.status === 200 ? app.reason : "OK", headers: fields.ofFile },
      method,
      file.size,
    );
  const { start, length } = range;
  const headers: HeaderPair[] = [
    ...fields.ofFile,
    ["Content-Range", `bytes ${start}-${start + length - 1}/${file.size}`],
  ];
  return { head: head(206, headers), framing: { type: "length", length }, start, length };
}

/** The fields of the answer, and what conditions are compared with. */
class FileFields {
  readonly etag: string;
  readonly lastModified: string;
  readonly ofFile: readonly HeaderPair[];

  constructor(app: ResponseHead, { size, mtimeMs }: FileFacts) {
    this.etag = `"${Math.trunc(mtimeMs).toString(16)}-${size.toString(16)}"`;
    this.lastModified = new Date(mtimeMs).toUTCString();
    const kept = app.headers.filter(([name]) => !OF_THE_OTHER_BODY.has(name.toLowerCase()));
    const hasType = kept.some(([name]) => name.toLowerCase() === "content-type");
    this.ofFile = [
      ...kept,
      ...(hasType ? [] : [["Content-Type", "application/octet-stream"] as const]),
      ["ETag", this.etag],
      ["Last-Modified", this.lastModified],
      ["Accept-Ranges", "bytes"],
    ];
  }

  get ofNoBody(): readonly HeaderPair[] {
    return this.ofFile.filter(([name]) => !OF_A_BODY.has(name.toLowerCase()));
  }
}

/** The status that takes the place of a 200, if one does. */
function failedCondition(
  conditions: ReadonlyMap<string, string>,
  { etag }: FileFields,
  { mtimeMs }: FileFacts,
): 304 | 412 | undefined {
  const ifMatch = conditions.get("HTTP_IF_MATCH");
  const unmodifiedSince = dateOf(conditions.get("HTTP_IF_UNMODIFIED_SINCE"));
  if (ifMatch !== undefined) {
    if (!names(ifMatch, etag, "strong")) return 412;
  } else if (unmodifiedSince !== undefined && seconds(mtimeMs) > unmodifiedSince) {
    return 412;
  }
  const ifNoneMatch = conditions.get("HTTP_IF_NONE_MATCH");
  if (ifNoneMatch !== undefined) return names(ifNoneMatch, etag, "weak") ? 304 : undefined;
  const modifiedSince = dateOf(conditions.get("HTTP_IF_MODIFIED_SINCE"));
  return modifiedSince !== undefined && seconds(mtimeMs) <= modifiedSince ? 304 : undefined;
}

/** The bytes that are asked for; `undefined`: all of them, several ranges included. */
function rangeOf(
  conditions: ReadonlyMap<string, string>,
  { etag, lastModified }: FileFields,
  { size }: FileFacts,
): { start: number; length: number } | "unsatisfiable" | undefined {
  const [, first, last] = RANGE.exec(conditions.get("HTTP_RANGE") ?? "") ?? [];
  const ifRange = conditions.get("HTTP_IF_RANGE");
  const isSame = ifRange === undefined || ifRange === etag || ifRange === lastModified;
  if (first === undefined || last === undefined || !isSame || first + last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { start: size - length, length };
  }
  const start = Number(first);
  const end = last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (last !== "" && Number(last) < start) return undefined;
  return start >= size ? "unsatisfiable" : { start, length: end - start + 1 };
}

function whole(head: ResponseHead, method: string, size: number): FileAnswer {
  if (method === "HEAD") return { head, framing: { type: "none", length: size }, start: 0, length: 0 };
  return { head, framing: { type: "length", length: size }, start: 0, length: size };
}

function bodiless(status: 304 | 412 | 416, headers: readonly HeaderPair[]): FileAnswer {
  const framing: ResponseFraming =
    status === 304 ? { type: "none", length: undefined } : { type: "length", length: 0 };
  return { head: head(status, headers), framing, start: 0, length: 0 };
}

function head(status: number, headers: readonly HeaderPair[]): ResponseHead {
  return { status, reason: REASONS[status] ?? "", headers };
}

/** Whether a list of entity tags names this one, which is strong. */
function names(list: string, etag: string, comparison: "strong" | "weak"): boolean {
  if (list.trim() === "*") return true;
  return list.split(",").some((entry) => {
    const tag = entry.trim();
    return tag === etag || (comparison === "weak" && tag === `W/${etag}`);
  });
}

/** Seconds since 1970; what is no date is no condition. */
function dateOf(text: string | undefined): number | undefined {
  if (text === undefined || !HTTP_DATE.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? undefined : seconds(milliseconds);
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
