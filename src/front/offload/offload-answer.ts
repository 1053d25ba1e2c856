import type { ResponseFraming } from "../../codec/response-framing.ts";
import type { HeaderPair, ResponseHead } from "../../codec/response-head.ts";
import type { ByteRange } from "../files/byte-ranges.ts";
import { answerFor, type FileRequest } from "../files/file-answer.ts";
import { type Representation, wholeOf } from "../files/representation.ts";
import { type FileFacts, validatorFields, validatorsOf } from "../files/validators.ts";

/** How a request is answered for which an application named a file. */
export interface OffloadAnswer {
  readonly head: ResponseHead;
  readonly framing: ResponseFraming;
  /** The body: parts of the file, and what stands between them. */
  readonly parts: readonly (ByteRange | string)[];
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
const TYPE = "content-type";
const OF_A_BODY = new Set([TYPE, "content-disposition"]);
const ACCEPT_RANGES: HeaderPair = ["Accept-Ranges", "bytes"];
const REASONS = {
  200: "OK",
  206: "Partial Content",
  304: "Not Modified",
  412: "Precondition Failed",
  416: "Range Not Satisfiable",
} as const;

/**
 * Answer a request with a file in place of the body of an application. The application's fields stay, but for those about its own
 * body; ETag and Last-Modified are the file's. Conditions and ranges are honoured when the application said 200; with any other status, that
 * of an error page say, the file is sent whole.
 */
export function offloadAnswer(app: ResponseHead, request: FileRequest, facts: FileFacts): OffloadAnswer {
  const file = representationOf(app, facts, request.nowMs);
  const reads = request.method === "GET" || request.method === "HEAD";
  // A 206 without its range would be a lie: the application that says so leaves the range to us.
  const { status, reason } = app.status === 206 ? { status: 200 as const, reason: REASONS[200] } : app;
  if (!reads || status !== 200)
    return framed({ status, reason, headers: file.headers }, file.whole, request.method);
  const answer = answerFor(file, request);
  const isRefused = answer.status === 412 || answer.status === 416;
  return framed(
    {
      status: answer.status,
      reason: answer.status === 200 ? reason : REASONS[answer.status],
      headers: isRefused ? [...file.validatorHeaders, ...answer.headers] : answer.headers,
    },
    request.method === "HEAD" && answer.status === 200 ? file.whole : answer.parts,
    request.method,
  );
}

/** The file with the fields of the application. */
function representationOf(app: ResponseHead, facts: FileFacts, nowMs: number): Representation {
  const validators = validatorsOf(facts, nowMs);
  const kept = app.headers.filter(([name]) => !OF_THE_OTHER_BODY.has(name.toLowerCase()));
  const ofBody = kept.filter(([name]) => OF_A_BODY.has(name.toLowerCase()));
  const type = ofBody.find(([name]) => name.toLowerCase() === TYPE);
  const contentType = type?.[1] ?? "application/octet-stream";
  const typeHeaders: HeaderPair[] = type ? [] : [["Content-Type", contentType]];
  const fileHeaders = validatorFields(validators);
  return {
    ...validators,
    size: facts.size,
    contentType,
    validatorHeaders: [...kept.filter((pair) => !ofBody.includes(pair)), ...fileHeaders],
    contentHeaders: [...ofBody.filter(([name]) => name.toLowerCase() !== TYPE), ACCEPT_RANGES],
    headers: [...kept, ...typeHeaders, ...fileHeaders, ACCEPT_RANGES],
    whole: wholeOf(facts.size),
  };
}

/** Content-Length is written from the framing, as in every response of an application. */
function framed(head: ResponseHead, parts: readonly (ByteRange | string)[], method: string): OffloadAnswer {
  if (head.status === 304) return { head, framing: { type: "none", length: undefined }, parts };
  const length = parts.reduce((bytes, part) => bytes + part.length, 0);
  if (method === "HEAD") return { head, framing: { type: "none", length }, parts: [] };
  return { head, framing: { type: "length", length }, parts };
}
