import { cutOff, gatewayError, page } from "../answer-expectations.ts";
import { either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { answer, answerInParts, LENGTH, OK, type Script } from "../script.ts";
import { request } from "../template.ts";

const SOURCE = "protocol/README.md section 5.4";
const EXTRA =
  "What follows an answer on the client's connection is the answer to the next request: of somebody else, in a shared cache.";
const CHUNKED = "Transfer-Encoding: chunked⏎";
const SECOND = "HTTP/1.1 200 OK⏎Content-Length: 4⏎⏎evil";

const ROWS: readonly (readonly [name: string, rule: string, script: Script, body?: string])[] = [
  [
    "behind-length",
    "Bytes behind the announced length do not reach the client",
    answer(`${OK}${LENGTH}⏎{T}surplus`),
  ],
  [
    "behind-length-zero",
    "Bytes behind a length of 0 do not reach the client",
    answer(`${OK}Content-Length: 0⏎⏎surplus`),
    "",
  ],
  [
    "second-answer",
    "A second answer of the worker does not reach the client",
    answer(`${OK}${LENGTH}⏎{T}${SECOND}`),
  ],
  [
    "second-answer-with-pause",
    "A second answer that comes later does not reach the client",
    answerInParts([`${OK}${LENGTH}⏎{T}`, SECOND], 100),
  ],
  [
    "second-answer-left-open",
    "A second answer on a connection that stays open does not reach the client",
    answer(`${OK}${LENGTH}⏎{T}${SECOND}`, "hang"),
  ],
  [
    "behind-last-chunk",
    "Bytes behind the last chunk do not reach the client",
    answer(`${OK}${CHUNKED}⏎f⏎{T}⏎0⏎⏎surplus`),
  ],
  [
    "second-answer-behind-last-chunk",
    "A second answer behind the last chunk does not reach the client",
    answer(`${OK}${CHUNKED}⏎f⏎{T}⏎0⏎⏎${SECOND}`),
  ],
  [
    "of-a-megabyte",
    "A megabyte behind the announced length does not reach the client",
    answer(`${OK}${LENGTH}⏎{T}${"x".repeat(1_000_000)}`),
  ],
  [
    "one-byte",
    "One byte behind the announced length does not reach the client",
    answer(`${OK}${LENGTH}⏎{T}x`),
  ],
  [
    "empty-line",
    "An empty line behind the announced length does not reach the client",
    answer(`${OK}${LENGTH}⏎{T}⏎`),
  ],
];

const rows = ROWS.map(
  ([name, rule, script, body]): FrontRow => ({
    name,
    rule,
    source: SOURCE,
    why: EXTRA,
    send: request(),
    script,
    allow: either(page(200, body === undefined ? {} : { body }), gatewayError(), cutOff),
    best: page(200, body === undefined ? {} : { body }),
  }),
);

/** Bytes of the worker that belong to no answer. */
export const surplusCases: readonly FrontCase[] = frontCases("surplus", rows);
