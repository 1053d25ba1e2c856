import { cutOff, gatewayError, page, staysOpen } from "../answer-expectations.ts";
import { both, type Expectation, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { answer, LENGTH, OK } from "../script.ts";
import { request } from "../template.ts";

const SOURCE = "protocol/README.md section 5.7";
const SHIFTED = "Bytes where no body is due are read as the next answer.";
const HEAD = request({ method: "HEAD" });
const CHUNKED = "Transfer-Encoding: chunked⏎";

interface BodylessRow {
  readonly name: string;
  readonly rule: string;
  readonly sends: string;
  readonly send?: string;
  readonly allow: Expectation;
  readonly best?: Expectation;
  readonly source?: string;
}

const empty = (status: number): Expectation => page(status, { body: "" });

const ROWS: readonly BodylessRow[] = [
  {
    name: "head",
    rule: "An answer to HEAD has no body",
    send: HEAD,
    sends: `${OK}${LENGTH}⏎`,
    allow: empty(200),
  },
  {
    name: "head-keeps-length",
    rule: "The length in an answer to HEAD is that of the page",
    source: "RFC 9110 section 9.3.2",
    send: HEAD,
    sends: `${OK}${LENGTH}⏎`,
    allow: empty(200),
    best: page(200, { body: "", fields: { "content-length": "15" } }),
  },
  {
    name: "head-with-body",
    rule: "A body that the worker sends to HEAD does not reach the client",
    send: HEAD,
    sends: `${OK}${LENGTH}⏎{T}`,
    allow: empty(200),
    best: page(200, { body: "", fields: { "content-length": "15" } }),
  },
  {
    name: "head-with-long-body",
    rule: "A long body that the worker sends to HEAD does not reach the client",
    send: HEAD,
    sends: `${OK}Content-Length: 200000⏎⏎${"x".repeat(200_000)}`,
    allow: empty(200),
  },
  {
    name: "head-without-length",
    rule: "An answer to HEAD needs no length",
    send: HEAD,
    sends: `${OK}⏎`,
    allow: empty(200),
  },
  {
    name: "head-with-body-until-close",
    rule: "A body without a length that the worker sends to HEAD does not reach the client",
    send: HEAD,
    sends: `${OK}⏎{T}`,
    allow: empty(200),
  },
  {
    name: "head-with-chunks",
    rule: "Chunks that the worker sends to HEAD do not reach the client",
    send: HEAD,
    sends: `${OK}${CHUNKED}⏎f⏎{T}⏎0⏎⏎`,
    allow: empty(200),
  },
  {
    name: "head-keeps-the-connection",
    rule: "An answer to HEAD leaves the connection usable",
    send: HEAD,
    sends: `${OK}${LENGTH}⏎`,
    allow: empty(200),
    best: both(empty(200), staysOpen),
  },
  {
    name: "head-404",
    rule: "An error to HEAD has no body either",
    send: HEAD,
    sends: `HTTP/1.1 404 Not Found⏎${LENGTH}⏎{T}`,
    allow: empty(404),
  },
  {
    name: "head-worker-silent",
    rule: "An error of the front to HEAD has no body either",
    send: HEAD,
    sends: "",
    allow: gatewayError(),
  },
  { name: "no-content", rule: "204 has no body", sends: "HTTP/1.1 204 No Content⏎⏎", allow: empty(204) },
  {
    name: "no-content-with-length",
    rule: "A length in 204 is dropped, and nobody waits for it",
    source: "RFC 9110 section 8.6",
    sends: `HTTP/1.1 204 No Content⏎${LENGTH}⏎`,
    allow: empty(204),
    best: page(204, { body: "", fields: { "content-length": undefined } }),
  },
  {
    name: "no-content-with-body",
    rule: "A body behind 204 does not reach the client",
    sends: `HTTP/1.1 204 No Content⏎${LENGTH}⏎{T}`,
    allow: empty(204),
    best: page(204, { body: "", fields: { "content-length": undefined } }),
  },
  {
    name: "no-content-with-body-until-close",
    rule: "A body behind 204 without a length does not reach the client",
    sends: "HTTP/1.1 204 No Content⏎⏎{T}",
    allow: empty(204),
  },
  {
    name: "no-content-with-chunks",
    rule: "204 is not framed in chunks",
    source: "RFC 9112 section 6.1",
    sends: `HTTP/1.1 204 No Content⏎${CHUNKED}⏎0⏎⏎`,
    allow: empty(204),
    best: page(204, { body: "", fields: { "transfer-encoding": undefined } }),
  },
  {
    name: "no-content-keeps-the-connection",
    rule: "204 leaves the connection usable",
    sends: "HTTP/1.1 204 No Content⏎⏎",
    allow: empty(204),
    best: both(empty(204), staysOpen),
  },
  {
    name: "not-modified",
    rule: "304 has no body",
    sends: 'HTTP/1.1 304 Not Modified⏎ETag: "a"⏎⏎',
    allow: page(304, { body: "", fields: { etag: '"a"' } }),
  },
  {
    name: "not-modified-with-length",
    rule: "A length in 304 is that of the page, and nobody waits for it",
    sends: `HTTP/1.1 304 Not Modified⏎${LENGTH}⏎`,
    allow: empty(304),
  },
  {
    name: "not-modified-with-body",
    rule: "A body behind 304 does not reach the client",
    sends: `HTTP/1.1 304 Not Modified⏎${LENGTH}⏎{T}`,
    allow: empty(304),
  },
  {
    name: "not-modified-with-chunks",
    rule: "Chunks behind 304 do not reach the client",
    sends: `HTTP/1.1 304 Not Modified⏎${CHUNKED}⏎f⏎{T}⏎0⏎⏎`,
    allow: empty(304),
  },
  {
    name: "reset-content",
    rule: "205 with a body is passed on readably, or without it",
    source: "RFC 9110 section 15.3.6",
    sends: `HTTP/1.1 205 Reset Content⏎${LENGTH}⏎{T}`,
    allow: either(empty(205), page(205), gatewayError(), cutOff),
  },
];

const rows = ROWS.map(
  ({ sends, send = request(), source = SOURCE, ...row }): FrontRow => ({
    ...row,
    send,
    source,
    why: SHIFTED,
    script: answer(sends),
  }),
);

/** HEAD, 204 and 304. */
export const bodylessCases: readonly FrontCase[] = frontCases("bodyless", rows);
