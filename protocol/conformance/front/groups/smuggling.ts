import { dropped, page, pagesUntilClosed, refused } from "../answer-expectations.ts";
import { both, type Expectation, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { nothingSmuggled, packet } from "../packet-expectations.ts";
import { request } from "../template.ts";

const FRAMING = "RFC 9112 section 6.3";
const CODING = "RFC 9112 section 6.1";
const WHY =
  "Two programs that read two lengths are made to see two different requests, one of them written by somebody else.";
const HIDDEN = request({ token: "S" });

const refusedAll: Expectation = both(either(refused(400, 411, 413, 501), dropped), nothingSmuggled);

interface LengthRow {
  readonly name: string;
  readonly fields: string;
  readonly body?: string;
  readonly source?: string;
  readonly rule: string;
}

const REFUSED: readonly LengthRow[] = [
  {
    name: "length-and-chunked",
    fields: "Content-Length: 6⏎Transfer-Encoding: chunked⏎",
    body: `0⏎⏎${HIDDEN}`,
    rule: "Content-Length and Transfer-Encoding together are refused",
  },
  {
    name: "chunked-and-length",
    fields: "Transfer-Encoding: chunked⏎Content-Length: 6⏎",
    body: `0⏎⏎${HIDDEN}`,
    rule: "Transfer-Encoding and Content-Length together are refused",
  },
  {
    name: "two-lengths",
    fields: "Content-Length: 3⏎Content-Length: 5⏎",
    body: `abc${HIDDEN}`,
    rule: "Two different lengths are refused",
  },
  {
    name: "list-of-lengths",
    fields: "Content-Length: 3, 5⏎",
    rule: "A list of different lengths is refused",
  },
  { name: "signed-length", fields: "Content-Length: +3⏎", rule: "A length is digits and nothing else" },
  { name: "negative-length", fields: "Content-Length: -1⏎", rule: "A length is digits and nothing else" },
  {
    name: "length-with-fraction",
    fields: "Content-Length: 3.0⏎",
    rule: "A length is digits and nothing else",
  },
  {
    name: "hexadecimal-length",
    fields: "Content-Length: 0x3⏎",
    rule: "A length is digits and nothing else",
  },
  {
    name: "length-with-exponent",
    fields: "Content-Length: 3e0⏎",
    rule: "A length is digits and nothing else",
  },
  { name: "length-with-space", fields: "Content-Length: 3 4⏎", rule: "A length is one number" },
  { name: "empty-length", fields: "Content-Length:⏎", rule: "A length has a digit" },
  {
    name: "length-with-vertical-tab",
    fields: "Content-Length: \x0b3⏎",
    rule: "A length is digits and nothing else",
  },
  {
    name: "length-with-letters",
    fields: "Content-Length: 3abc⏎",
    rule: "A length is digits and nothing else",
  },
  {
    name: "coding-gzip",
    fields: "Transfer-Encoding: gzip⏎",
    source: CODING,
    rule: "A coding that is not chunked has no end and is refused",
  },
  {
    name: "coding-identity",
    fields: "Transfer-Encoding: identity⏎",
    source: CODING,
    rule: "The coding identity is refused",
  },
  {
    name: "coding-chunked-twice",
    fields: "Transfer-Encoding: chunked, chunked⏎",
    body: "3⏎abc⏎0⏎⏎",
    source: CODING,
    rule: "Chunked may be there once",
  },
  {
    name: "coding-in-two-lines",
    fields: "Transfer-Encoding: chunked⏎Transfer-Encoding: chunked⏎",
    body: "3⏎abc⏎0⏎⏎",
    source: CODING,
    rule: "Chunked may be there once",
  },
  {
    name: "coding-chunked-not-last",
    fields: "Transfer-Encoding: chunked, identity⏎",
    body: "3⏎abc⏎0⏎⏎",
    source: CODING,
    rule: "Chunked is the last coding",
  },
  {
    name: "coding-quoted",
    fields: 'Transfer-Encoding: "chunked"⏎',
    body: "3⏎abc⏎0⏎⏎",
    source: CODING,
    rule: "A coding is a token",
  },
  {
    name: "coding-with-vertical-tab",
    fields: "Transfer-Encoding: \x0bchunked⏎",
    body: "3⏎abc⏎0⏎⏎",
    source: CODING,
    rule: "A coding is a token",
  },
  {
    name: "coding-xchunked",
    fields: "Transfer-Encoding: xchunked⏎",
    body: "3⏎abc⏎0⏎⏎",
    source: CODING,
    rule: "A coding nobody knows is refused",
  },
  {
    name: "coding-with-space-before-colon",
    fields: "Transfer-Encoding : chunked⏎Content-Length: 3⏎",
    body: "3⏎abc⏎0⏎⏎",
    source: "RFC 9112 section 5.1",
    rule: "A space before the colon is refused",
  },
];

const rows: readonly FrontRow[] = [
  ...REFUSED.map(
    ({ name, fields, body = "abc", source = FRAMING, rule }): FrontRow => ({
      name,
      rule,
      source,
      why: WHY,
      send: request({ method: "POST", fields, body: body.includes("{S}") ? body : `${body}${HIDDEN}` }),
      methods: ["POST"],
      allow: refusedAll,
    }),
  ),
  {
    name: "two-equal-lengths",
    rule: "Two equal lengths are refused, or are one",
    source: FRAMING,
    why: WHY,
    send: request({ method: "POST", fields: "Content-Length: 3⏎Content-Length: 3⏎", body: "abc" }),
    allow: either(refused(400), both(page(200), packet({ vars: { CONTENT_LENGTH: "3" }, body: "abc" }))),
    best: refused(400),
  },
  {
    name: "coding-gzip-chunked",
    rule: "A body that is coded once more is refused, or its chunks are taken off and its coding is told",
    source: CODING,
    why: "The application takes the coded bytes for the body.",
    send: request({ method: "POST", fields: "Transfer-Encoding: gzip, chunked⏎", body: "3⏎abc⏎0⏎⏎" }),
    allow: either(refused(400, 411, 501), dropped),
  },
  {
    name: "folded-coding",
    rule: "A coding on a folded line is read or refused; what follows is no second request",
    source: "RFC 9112 section 5.2",
    why: WHY,
    send: request({ method: "POST", fields: "Transfer-Encoding:⏎ chunked⏎", body: `3⏎abc⏎0⏎⏎${HIDDEN}` }),
    methods: ["POST"],
    allow: either(
      refusedAll,
      that("the body abc and the next request", ({ arrivals, answers }) =>
        arrivals[0]?.body.toString() === "abc" || answers[0]?.status === 411 ? undefined : "another body",
      ),
    ),
  },
  {
    name: "bytes-behind-close",
    rule: "Behind a request with Connection: close no other one is served",
    source: "RFC 9112 section 9.6",
    why: "The client does not wait for its answer.",
    send: `${request({ fields: "Connection: close⏎" })}${HIDDEN}`,
    allow: both(either(page(200), refused(400)), nothingSmuggled),
  },
  {
    name: "request-behind-unknown-upgrade",
    rule: "An upgrade that is not known is ignored: what follows is the next request",
    source: "RFC 9110 section 7.8",
    why: "Bytes that some take for a tunnel and some for a request.",
    send: `${request({ fields: "Connection: Upgrade⏎Upgrade: foo⏎" })}${HIDDEN}`,
    methods: ["GET", "GET"],
    allow: pagesUntilClosed("{T}", "{S}"),
  },
  {
    name: "request-in-expected-body",
    rule: "A body that was announced with Expect is a body, whatever it looks like",
    source: "RFC 9110 section 10.1.1",
    why: WHY,
    send: request({
      method: "POST",
      fields: "Expect: 100-continue⏎Content-Length: 47⏎",
      body: "GET /{S} HTTP/1.1⏎Host: a.test⏎⏎",
    }),
    allow: both(either(page(200), refused(417)), nothingSmuggled),
  },
  {
    name: "request-behind-refused-expectation",
    rule: "Behind an expectation that is refused, the body is no request",
    source: "RFC 9110 section 10.1.1",
    why: WHY,
    send: request({
      method: "POST",
      fields: "Expect: foo⏎Content-Length: 47⏎",
      body: "GET /{S} HTTP/1.1⏎Host: a.test⏎⏎",
    }),
    allow: both(either(page(200), refused(400, 417)), nothingSmuggled),
  },
  {
    name: "body-longer-than-length",
    rule: "Bytes behind the body are the next request: broken ones are refused after the answer",
    source: FRAMING,
    why: "The answer to a request that ran is lost, and the client sends it again.",
    send: `${request({ method: "POST", fields: "Content-Length: 3⏎", body: "abc" })}X⏎⏎`,
    methods: ["POST", "X"],
    allow: that("200 and then an error or the end", ({ answers, arrivals }) => {
      if (arrivals.length !== 1 || arrivals[0]?.body.toString() !== "abc")
        return "the worker got something else";
      if (answers[0]?.status !== 200) return `status ${answers[0]?.status}`;
      return answers[1] && answers[1].status < 400 ? "a second page" : undefined;
    }),
  },
];

/** Requests whose end could be read in two ways. */
export const smugglingCases: readonly FrontCase[] = frontCases("smuggling", rows);
