import { gatewayError, page } from "../answer-expectations.ts";
import { both, type Expectation, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { answer, earlyAnswer, LENGTH, OK, type Script } from "../script.ts";
import { request } from "../template.ts";

const SOURCE = "protocol/README.md section 4.3";
const LOST = "The client learns that something failed, and not what: it sends the same upload again.";
const REFUSAL = `HTTP/1.1 413 Too Large⏎${LENGTH}⏎{T}`;

function upload(bytes: number): string {
  return request({ method: "POST", fields: `Content-Length: ${bytes}⏎`, body: "x".repeat(bytes) });
}

interface EarlyRow {
  readonly name: string;
  readonly rule: string;
  readonly script: Script;
  readonly send: string;
  readonly allow: Expectation;
  readonly level?: "SHOULD";
}

const ROWS: readonly EarlyRow[] = [
  {
    name: "small-body",
    rule: "An answer before the body was read is passed on",
    script: earlyAnswer(REFUSAL),
    send: upload(10),
    allow: page(413),
  },
  {
    name: "body-of-100000-bytes",
    rule: "An answer before a body of 100 000 bytes was read is passed on",
    script: earlyAnswer(REFUSAL),
    send: upload(100_000),
    allow: page(413),
  },
  {
    name: "body-of-a-megabyte",
    rule: "An answer before a body of a megabyte was read is passed on",
    script: earlyAnswer(REFUSAL),
    send: upload(1_000_000),
    allow: page(413),
  },
  {
    name: "page",
    rule: "A page may come before the body was read",
    script: earlyAnswer(`${OK}${LENGTH}⏎{T}`),
    send: upload(100_000),
    allow: page(200),
  },
  {
    name: "chunked-page",
    rule: "Chunks may come before the body was read",
    script: earlyAnswer(`${OK}Transfer-Encoding: chunked⏎⏎f⏎{T}⏎0⏎⏎`),
    send: upload(100_000),
    allow: page(200),
  },
  {
    name: "then-the-next-request",
    rule: "What is left of an upload that was answered early is no request",
    script: earlyAnswer(REFUSAL),
    send: request({
      method: "POST",
      fields: "Content-Length: 47⏎",
      body: "GET /{S} HTTP/1.1⏎Host: a.test⏎⏎",
    }),
    allow: both(
      page(413),
      that("nothing of the body as a request", ({ smuggled }) =>
        smuggled.length === 0 ? undefined : "the body was served",
      ),
    ),
  },
  {
    name: "reset-by-the-worker",
    level: "SHOULD",
    rule: "An answer that the worker sent before it reset the connection is passed on",
    script: [{ type: "send", text: REFUSAL }, { type: "pause", ms: 100 }, { type: "reset" }],
    send: upload(10),
    allow: page(413),
  },
  {
    name: "silent-close",
    rule: "A worker that closes without reading the body is an error, and the client is told",
    script: [{ type: "fin" }],
    send: upload(100_000),
    allow: either(gatewayError(), page(413)),
  },
  {
    name: "whole-body-first",
    rule: "A worker that reads the whole body first gets it",
    script: answer(`${OK}${LENGTH}⏎{T}`),
    send: upload(300_000),
    allow: page(200),
  },
];

const rows = ROWS.map(
  (row): FrontRow => ({
    ...row,
    source: SOURCE,
    why: LOST,
    stopsAtAnswer: true,
    ...(row.name === "reset-by-the-worker" ? { transports: ["tcp"] as const } : {}),
  }),
);

/** Answers that come before the request was read. */
export const earlyAnswerCases: readonly FrontCase[] = frontCases("early-answer", rows);
