import { cutOff, gatewayError, page } from "../answer-expectations.ts";
import { both, type Expectation, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { answer, answerInParts, LENGTH, OK, type Script } from "../script.ts";
import { request } from "../template.ts";

const SOURCE = "protocol/README.md section 5.6";
const SHIFTED = "The real answer becomes the body of the interim one, or the answer to the next request.";
const FINAL = `${OK}${LENGTH}⏎{T}`;
const HINTS = "HTTP/1.1 103 Early Hints⏎Link: </a.css>; rel=preload⏎⏎";

const noInterim: Expectation = that("no 1xx", ({ interim }) =>
  interim.length === 0 ? undefined : `a ${interim[0]?.status}`,
);

interface InterimRow {
  readonly name: string;
  readonly rule: string;
  readonly script: Script;
  readonly allow: Expectation;
  readonly send?: string;
  readonly methods?: readonly string[];
}

const UPGRADE = "HTTP/1.1 101 Switching Protocols⏎Connection: upgrade⏎Upgrade: foo⏎⏎";

const ROWS: readonly InterimRow[] = [
  {
    name: "continue",
    rule: "100 is skipped, and the answer behind it is the answer",
    script: answer(`HTTP/1.1 100 Continue⏎⏎${FINAL}`),
    allow: page(200),
  },
  {
    name: "processing",
    rule: "102 is skipped or passed on, and the answer behind it is the answer",
    script: answer(`HTTP/1.1 102 Processing⏎⏎${FINAL}`),
    allow: page(200),
  },
  {
    name: "early-hints",
    rule: "103 is skipped or passed on, and the answer behind it is the answer",
    script: answer(`${HINTS}${FINAL}`),
    allow: page(200),
  },
  {
    name: "unregistered",
    rule: "A 1xx nobody registered is skipped or passed on, and the answer behind it is the answer",
    script: answer(`HTTP/1.1 199 X⏎⏎${FINAL}`),
    allow: either(page(200), gatewayError()),
  },
  {
    name: "three",
    rule: "Several 1xx are skipped",
    script: answer(`HTTP/1.1 100 Continue⏎⏎${HINTS}${HINTS}${FINAL}`),
    allow: page(200),
  },
  {
    name: "with-pause",
    rule: "The answer behind a 1xx may take its time",
    script: answerInParts([HINTS, FINAL], 150),
    allow: page(200),
  },
  {
    name: "to-http-1.0",
    rule: "A client of HTTP/1.0 gets no 1xx",
    script: answer(`${HINTS}${FINAL}`),
    send: request({ version: "HTTP/1.0" }),
    allow: both(page(200), noInterim),
  },
  {
    name: "with-length",
    rule: "A 1xx has no body, whatever it says",
    script: answer(`HTTP/1.1 103 Early Hints⏎Content-Length: 3⏎⏎${FINAL}`),
    allow: either(page(200), gatewayError()),
  },
  {
    name: "to-head",
    rule: "Behind a 1xx to HEAD follows an answer without a body",
    script: answer(`${HINTS}${OK}${LENGTH}⏎`),
    send: request({ method: "HEAD" }),
    allow: page(200, { body: "" }),
  },
  {
    name: "to-post-with-continue",
    rule: "100 of the worker is not sent twice in a way that shifts the answer",
    script: answer(`HTTP/1.1 100 Continue⏎⏎${FINAL}`),
    send: request({ method: "POST", fields: "Expect: 100-continue⏎Content-Length: 3⏎", body: "abc" }),
    methods: ["POST"],
    allow: page(200),
  },
  {
    name: "alone",
    rule: "A 1xx is no answer",
    script: answer("HTTP/1.1 100 Continue⏎⏎"),
    allow: either(gatewayError(), cutOff),
  },
  {
    name: "early-hints-alone",
    rule: "103 is no answer",
    script: answer(HINTS),
    allow: either(gatewayError(), cutOff),
  },
  {
    name: "as-final",
    rule: "A 1xx with a body is no answer",
    script: answer(`HTTP/1.1 199 X⏎${LENGTH}⏎{T}`),
    allow: either(gatewayError(), cutOff),
  },
  {
    name: "switching-nobody-asked-for",
    rule: "101 to a client that did not ask is an error of the worker",
    script: answer(`${UPGRADE}GET /evil`),
    allow: gatewayError(),
  },
  {
    name: "switching-then-answer",
    rule: "101 to a client that did not ask opens no tunnel",
    script: answer(`${UPGRADE}${FINAL}`),
    allow: gatewayError(),
  },
];

const rows = ROWS.map(
  ({ send = request(), ...row }): FrontRow => ({ ...row, send, source: SOURCE, why: SHIFTED }),
);

/** Heads before the head. */
export const interimCases: readonly FrontCase[] = frontCases("interim", rows);
