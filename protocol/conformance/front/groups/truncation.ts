import { cutOff, gatewayError } from "../answer-expectations.ts";
import { type Expectation, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { answer, answerInParts, OK, type Script } from "../script.ts";
import { request } from "../template.ts";

const SOURCE = "protocol/README.md section 5.4";
const CLOSING = "protocol/README.md section 8";
const HALF = "Half a page, half a file or half a price list is taken for all of it, and caches keep it.";
const CHUNKED = "Transfer-Encoding: chunked⏎";
const failure: Expectation = either(gatewayError(), cutOff);

interface CutRow {
  readonly name: string;
  readonly rule: string;
  readonly script: Script;
  readonly allow?: Expectation;
  readonly best?: Expectation;
  readonly source?: string;
  readonly send?: string;
  readonly methods?: readonly string[];
}

/** Whether the front sees the end together with the bytes is chance. */
const TIMES = 15;

const LONG = "x".repeat(100_000);

const ROWS: readonly CutRow[] = [
  {
    name: "no-byte",
    rule: "A worker that closes without a byte is an error, and the client is told",
    script: answer(""),
    allow: gatewayError(),
    best: gatewayError(502, 503),
    source: CLOSING,
  },
  {
    name: "no-byte-to-post",
    rule: "A worker that closes without a byte is an error, and the client is told",
    script: answer(""),
    allow: gatewayError(),
    send: request({ method: "POST", fields: "Content-Length: 3⏎", body: "abc" }),
    methods: ["POST"],
    source: CLOSING,
  },
  {
    name: "inside-the-status-line",
    rule: "Half a status line is an error of the worker",
    script: answer("HTTP/1.1 20"),
    allow: gatewayError(),
    best: gatewayError(502),
  },
  {
    name: "inside-the-head",
    rule: "A head without its empty line is an error of the worker",
    script: answer(`${OK}Content-Type: text/plain⏎`),
    allow: gatewayError(),
    best: gatewayError(502),
  },
  {
    name: "inside-a-field",
    rule: "A head that ends inside a field is an error of the worker",
    script: answer(`${OK}Content-Ty`),
    allow: gatewayError(),
    best: gatewayError(502),
  },
  {
    name: "behind-the-head",
    rule: "A body that does not begin is missing",
    script: answer(`${OK}Content-Length: 30⏎⏎`),
    allow: failure,
  },
  {
    name: "inside-a-length",
    rule: "A body shorter than its length never looks whole",
    script: answer(`${OK}Content-Length: 30⏎⏎{T}`),
    allow: failure,
  },
  {
    name: "inside-a-length-with-pause",
    rule: "A body shorter than its length never looks whole, when its beginning is with the client already",
    script: answerInParts([`${OK}Content-Length: 30⏎⏎{T}`, ""], 150),
    allow: failure,
  },
  {
    name: "one-byte-short",
    rule: "One byte less than the length is not the length",
    script: answer(`${OK}Content-Length: 16⏎⏎{T}`),
    allow: failure,
  },
  {
    name: "inside-a-long-body",
    rule: "A long body shorter than its length never looks whole",
    script: answer(`${OK}Content-Length: 200000⏎⏎${LONG}`),
    allow: failure,
  },
  {
    name: "to-http-1.0",
    rule: "A client of HTTP/1.0 learns of a short body too",
    script: answer(`${OK}Content-Length: 30⏎⏎{T}`),
    allow: failure,
    send: request({ version: "HTTP/1.0" }),
  },
  {
    name: "inside-a-chunk",
    rule: "A body that ends inside a chunk never looks whole",
    script: answer(`${OK}${CHUNKED}⏎1e⏎{T}`),
    allow: failure,
  },
  {
    name: "inside-a-chunk-size",
    rule: "A body that ends inside a size never looks whole",
    script: answer(`${OK}${CHUNKED}⏎f⏎{T}⏎1`),
    allow: failure,
  },
  {
    name: "before-the-last-chunk",
    rule: "A body without its last chunk never looks whole",
    script: answer(`${OK}${CHUNKED}⏎f⏎{T}⏎`),
    allow: failure,
  },
  {
    name: "inside-the-trailers",
    rule: "A body without the empty line behind its trailers never looks whole",
    script: answer(`${OK}${CHUNKED}⏎f⏎{T}⏎0⏎X-T: 1⏎`),
    allow: failure,
  },
  {
    name: "before-the-last-chunk-with-pause",
    rule: "A body without its last chunk never looks whole, when its beginning is with the client already",
    script: answerInParts([`${OK}${CHUNKED}⏎f⏎{T}⏎`, ""], 150),
    allow: failure,
  },
];

const rows = ROWS.map(
  ({ allow = failure, source = SOURCE, send = request(), ...row }): FrontRow => ({
    ...row,
    times: row.name.endsWith("with-pause") || row.name === "inside-a-long-body" ? 1 : TIMES,
    allow,
    source,
    why: HALF,
    send,
  }),
);

/** Answers that end too early, in an orderly way. */
export const truncationCases: readonly FrontCase[] = frontCases("truncation", rows);
