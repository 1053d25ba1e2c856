import { dropped, page, refused } from "../answer-expectations.ts";
import { both, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { packet } from "../packet-expectations.ts";

const HOST = "Host: {host}⏎";
const TOKEN = "X-Token: {T}⏎";
const DISAGREE = "Two programs that read such a line differently see two different requests.";

const rows: readonly FrontRow[] = [
  {
    name: "unknown-method",
    rule: "A method nobody registered is passed on as it is, or refused",
    source: "RFC 9110 section 9.1",
    why: "A method that is exchanged for another one changes what the request does.",
    send: `FOO {base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: either(both(page(200), packet({ vars: { REQUEST_METHOD: "FOO" } })), refused(400, 405, 501)),
  },
  {
    name: "lower-case-method",
    rule: "Methods are case-sensitive: get is not GET",
    source: "RFC 9110 section 9.1",
    why: "Rules for GET would apply to one side only.",
    send: `get {base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: either(
      both(page(200), packet({ vars: { REQUEST_METHOD: "get" } })),
      refused(400, 405, 501),
      dropped,
    ),
  },
  {
    name: "method-with-brace",
    rule: "A method is a token",
    source: "RFC 9110 section 9.1",
    why: DISAGREE,
    send: `GE{T {base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: either(refused(400, 405, 501), dropped),
  },
  {
    name: "connect",
    rule: "CONNECT opens no tunnel and never reaches the worker as a path",
    source: "RFC 9110 section 9.3.6",
    why: "A front is no forward proxy; what looks like an answer would be taken for the tunnel.",
    send: `CONNECT b.test:443 HTTP/1.1⏎Host: b.test:443⏎${TOKEN}⏎`,
    allow: either(refused(400, 403, 404, 405, 501), dropped),
    best: refused(400, 403, 405, 501),
  },
  {
    name: "trace",
    level: "SHOULD",
    rule: "TRACE is not answered with the request",
    source: "RFC 9110 section 9.3.8",
    why: "The answer would show scripts the cookies they may not read.",
    send: `TRACE {base}/{T} HTTP/1.1⏎${HOST}Cookie: s=1⏎⏎`,
    allow: refused(403, 405, 501),
  },
  {
    name: "options-asterisk",
    rule: "OPTIONS * is about the server: answered, refused, or passed on as *",
    source: "RFC 9112 section 3.2.4",
    why: "As a path it would ask an application for a page of that name.",
    send: `OPTIONS * HTTP/1.1⏎${HOST}${TOKEN}⏎`,
    allow: that("an answer, and no packet but one for *", ({ answers, arrivals }) => {
      if (![200, 204, 400, 403, 405, 501].includes(answers[0]?.status ?? 0))
        return `status ${answers[0]?.status}`;
      const uri = arrivals[0]?.values("REQUEST_URI")[0] ?? "*";
      return uri === "*" || uri === "/*" ? undefined : `REQUEST_URI ${uri}`;
    }),
  },
  {
    name: "get-asterisk",
    rule: "The target * belongs to OPTIONS alone",
    source: "RFC 9112 section 3.2.4",
    why: DISAGREE,
    send: `GET * HTTP/1.1⏎${HOST}${TOKEN}⏎`,
    allow: either(refused(400, 404, 405), dropped),
  },
];

/** Methods, and what belongs to one of them alone. */
export const methodCases: readonly FrontCase[] = frontCases("method", rows);
