import type { HeaderPair } from "../../codec/response-head.ts";
import { type ByteRange, parseRanges } from "./byte-ranges.ts";
import { type Conditions, isRangeCurrent, preconditionStatus } from "./conditions.ts";
import type { Representation } from "./representation.ts";

/** What to answer to a GET or HEAD of a file. */
export interface FileAnswer {
  readonly status: 200 | 206 | 304 | 412 | 416;
  readonly headers: readonly HeaderPair[];
  /** The body: parts of the file, and what stands between them. */
  readonly parts: readonly (ByteRange | string)[];
}

/** A request as far as it matters here. */
export interface FileRequest {
  readonly method: string;
  readonly conditions: Conditions;
  readonly nowMs: number;
  /** Makes a text that the file does not contain, for an answer of several parts. */
  readonly boundary: () => string;
}

/**
 * Decide what to answer: preconditions first, then the ranges. Range is for GET only; a HEAD is answered as if it were not there.
 *
 * @see RFC 9110 sections 13.2.2 and 14.2
 */
export function answerFor(file: Representation, request: FileRequest): FileAnswer {
  const { method, conditions, nowMs } = request;
  const status = preconditionStatus(conditions, file, nowMs);
  if (status === 304) return { status, headers: file.validatorHeaders, parts: [] };
  if (status === 412) return { status, headers: [], parts: [] };
  if (method === "HEAD") return { status, headers: file.headers, parts: [] };
  const { range, ifRange } = conditions;
  const isWanted = range !== undefined && isRangeCurrent(ifRange, file, nowMs);
  const ranges = isWanted ? parseRanges(range, file.size) : undefined;
  if (ranges === "unsatisfiable")
    return { status: 416, headers: [["Content-Range", `bytes */${file.size}`]], parts: [] };
  if (ranges === undefined) return { status, headers: file.headers, parts: file.whole };
  const [first] = ranges;
  if (ranges.length === 1 && first) return partOf(file, first);
  return partsOf(file, ranges, request.boundary());
}

function partOf(file: Representation, range: ByteRange): FileAnswer {
  return {
    status: 206,
    headers: [
      ["Content-Type", file.contentType],
      ["Content-Length", String(range.length)],
      ["Content-Range", contentRange(range, file.size)],
      ...file.validatorHeaders,
      ...file.contentHeaders,
    ],
    parts: [range],
  };
}

function partsOf(file: Representation, ranges: readonly ByteRange[], boundary: string): FileAnswer {
  const parts: (ByteRange | string)[] = ranges.flatMap((range) => [
    `\r\n--${boundary}\r\nContent-Type: ${file.contentType}\r\nContent-Range: ${contentRange(range, file.size)}\r\n\r\n`,
    range,
  ]);
  parts.push(`\r\n--${boundary}--\r\n`);
  const length = parts.reduce((bytes, part) => bytes + part.length, 0);
  return {
    status: 206,
    headers: [
      ["Content-Type", `multipart/byteranges; boundary=${boundary}`],
      ["Content-Length", String(length)],
      ...file.validatorHeaders,
      ...file.contentHeaders,
    ],
    parts,
  };
}

function contentRange({ offset, length }: ByteRange, size: number): string {
  return `bytes ${offset}-${offset + length - 1}/${size}`;
}
