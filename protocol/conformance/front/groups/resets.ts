import type { Level } from "../../case.ts";
import { cutOff, gatewayError, page } from "../answer-expectations.ts";
import { both, type Expectation, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { packet } from "../packet-expectations.ts";
import { answer, answerInParts, LENGTH, OK, type Script } from "../script.ts";
import { request } from "../template.ts";

const SOURCE = "protocol/README.md section 8";
const BROKEN = "A reset is how a worker says that it failed; taken for an end, the page looks whole.";
const CHUNKED = "Transfer-Encoding: chunked⏎";
const failure: Expectation = either(gatewayError(), cutOff);
const POST = request({ method: "POST", fields: "Content-Length: 3⏎", body: "abc" });

interface ResetRow {
  readonly name: string;
  readonly rule: string;
  readonly script: Script;
  readonly allow: Expectation;
  readonly send?: string;
  readonly level?: Level;
}

const ROWS: readonly ResetRow[] = [
  {
    name: "before-any-byte",
    rule: "A reset instead of an answer is an error of the worker",
    script: answer("", "reset"),
    allow: gatewayError(),
  },
  {
    name: "before-any-byte-to-post",
    rule: "A POST that is reset is not sent twice",
    script: answer("", "reset"),
    send: POST,
    allow: both(gatewayError(), packet({ body: "abc" })),
  },
  {
    name: "before-the-body-is-read",
    rule: "A reset before the request was read is an error of the worker",
    script: [{ type: "reset" }],
    send: POST,
    allow: gatewayError(),
  },
  {
    name: "inside-the-head",
    rule: "A reset inside the head is an error of the worker",
    script: answer(`${OK}Content-Le`, "reset"),
    allow: gatewayError(),
  },
  {
    name: "behind-the-head",
    rule: "A reset behind the head is no end of the body",
    script: answerInParts([`${OK}Content-Length: 30⏎⏎`, ""], 50, "reset"),
    allow: failure,
  },
  {
    name: "inside-a-length",
    rule: "A reset inside the body is visible to the client",
    script: answerInParts([`${OK}Content-Length: 30⏎⏎{T}`, ""], 50, "reset"),
    allow: failure,
  },
  {
    name: "inside-chunks",
    rule: "A reset inside chunks is visible to the client",
    script: answerInParts([`${OK}${CHUNKED}⏎f⏎{T}⏎`, ""], 50, "reset"),
    allow: failure,
  },
  {
    name: "until-close",
    rule: "A reset does not end a body without a length",
    script: answerInParts([`${OK}⏎{T}`, ""], 50, "reset"),
    allow: failure,
  },
  {
    name: "until-close-to-http-1.0",
    level: "SHOULD",
    rule: "A reset does not end a body without a length, for a client of HTTP/1.0 neither",
    script: answerInParts([`${OK}⏎{T}`, ""], 50, "reset"),
    send: request({ version: "HTTP/1.0" }),
    allow: failure,
  },
  {
    name: "behind-a-whole-answer",
    rule: "An answer that was whole before the reset is passed on",
    script: answerInParts([`${OK}${LENGTH}⏎{T}`, ""], 50, "reset"),
    allow: page(200),
  },
  {
    name: "behind-the-last-chunk",
    rule: "Chunks that were whole before the reset are passed on",
    script: answerInParts([`${OK}${CHUNKED}⏎f⏎{T}⏎0⏎⏎`, ""], 50, "reset"),
    allow: page(200),
  },
];

const rows = ROWS.map(
  ({ send = request(), ...row }): FrontRow => ({
    ...row,
    send,
    source: SOURCE,
    why: BROKEN,
    transports: ["tcp"],
  }),
);

/** Answers that end in a reset. A Unix socket has none. */
export const resetCases: readonly FrontCase[] = frontCases("resets", rows);
