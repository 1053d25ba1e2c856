import { page } from "../answer-expectations.ts";
import { both, type Expectation, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { packet } from "../packet-expectations.ts";
import { answer, answerInParts, GOOD_ANSWER, LENGTH, OK, type Script } from "../script.ts";
import { request } from "../template.ts";

const SOURCE = "protocol/README.md section 8";
const PATIENT = "Applications think, and clients are far away: a pause is no end.";

interface TimedRow {
  readonly name: string;
  readonly rule: string;
  readonly send?: string | readonly string[];
  readonly pauseMs?: number;
  readonly script?: Script;
  readonly allow: Expectation;
  readonly leaves?: "reset";
  readonly level?: "SHOULD";
  readonly why?: string;
}

const leftToo: Expectation = that("the end of the connection to the worker", ({ arrivals }) => {
  if (arrivals.length === 0) return "no packet";
  return arrivals.every(({ end }) => end !== "open") ? undefined : "the worker's connection stays open";
});
const GONE = "The worker works, and its slot is taken, for nobody.";

const ROWS: readonly TimedRow[] = [
  {
    name: "slow-answer",
    rule: "A worker may think for half a second",
    script: [{ type: "body" }, { type: "pause", ms: 500 }, ...answer(GOOD_ANSWER)],
    allow: page(200),
  },
  {
    name: "pause-in-status-line",
    rule: "A status line may come in two parts",
    script: answerInParts(["HTTP/1.", `1 200 OK⏎${LENGTH}⏎{T}`], 200),
    allow: page(200),
  },
  {
    name: "pause-in-head",
    rule: "A head may come in two parts",
    script: answerInParts([OK, `${LENGTH}⏎{T}`], 200),
    allow: page(200),
  },
  {
    name: "pause-in-empty-line",
    rule: "The end of a head may come in two parts",
    script: answerInParts([`${OK}Content-Length: 15\r\n\r`, "\n{T}"], 200),
    allow: page(200),
  },
  {
    name: "pause-behind-head",
    rule: "A body may come after its head",
    script: answerInParts([`${OK}${LENGTH}⏎`, "{T}"], 200),
    allow: page(200),
  },
  {
    name: "pause-in-body",
    rule: "A body may come in two parts",
    script: answerInParts([`${OK}Content-Length: 17⏎⏎{T}x`, "y"], 200),
    allow: page(200, { body: "{T}xy" }),
  },
  {
    name: "pause-before-close",
    rule: "A worker may close a while after the last byte",
    script: answerInParts([`${OK}${LENGTH}⏎{T}`, ""], 300),
    allow: page(200),
  },
  {
    name: "pause-in-request-line",
    rule: "A request line may come in two parts",
    send: ["GET {base}/{T}", " HTTP/1.1⏎Host: {host}⏎⏎"],
    pauseMs: 200,
    allow: page(200),
  },
  {
    name: "pause-in-request-head",
    rule: "A request head may come in two parts",
    send: ["GET {base}/{T} HTTP/1.1⏎Ho", "st: {host}⏎⏎"],
    pauseMs: 200,
    allow: page(200),
  },
  {
    name: "pause-in-empty-line-of-request",
    rule: "The end of a request head may come in two parts",
    send: ["GET {base}/{T} HTTP/1.1⏎Host: {host}⏎\r", "\n"],
    pauseMs: 200,
    allow: page(200),
  },
  {
    name: "pause-before-body",
    rule: "A request body may come after its head",
    send: [request({ method: "POST", fields: "Content-Length: 3⏎" }), "abc"],
    pauseMs: 200,
    allow: both(page(200), packet({ body: "abc" })),
  },
  {
    name: "client-leaves-before-answer",
    level: "SHOULD",
    rule: "When the client leaves, the worker is told",
    send: request(),
    script: [{ type: "body" }, { type: "hang" }],
    leaves: "reset",
    allow: leftToo,
    why: GONE,
  },
  {
    name: "client-leaves-inside-answer",
    level: "SHOULD",
    rule: "When the client leaves inside an answer, the worker is told",
    send: request(),
    script: answer(`${OK}Content-Length: 30⏎⏎{T}`, "hang"),
    leaves: "reset",
    allow: leftToo,
    why: GONE,
  },
];

const rows = ROWS.map(
  ({ send = request(), why = PATIENT, ...row }): FrontRow => ({ ...row, send, why, source: SOURCE }),
);

/** Pauses, and clients that do not wait. */
export const timingCases: readonly FrontCase[] = frontCases("timing", rows);
