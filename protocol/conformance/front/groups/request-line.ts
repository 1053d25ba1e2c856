import { closes, dropped, page, refused, refusedAndClosed } from "../answer-expectations.ts";
import { both, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { oneOf, packet } from "../packet-expectations.ts";

const LINE = "RFC 9112 section 3";
const ENDS = "RFC 9112 section 2.2";
const VERSION = "RFC 9112 section 2.3";
const HOST = "Host: {host}⏎";

const DISAGREE = "Two programs that read such a line differently see two different requests.";

/** The first frame of a server of HTTP/2: SETTINGS on stream 0. */
const http2Settings = that("SETTINGS of HTTP/2", ({ raw, arrivals }) =>
  raw[3] === 0x04 && arrivals.length === 0 ? undefined : "no SETTINGS",
);

const lines: readonly FrontRow[] = [
  {
    name: "empty-line-before",
    rule: "One empty line before the request line is skipped",
    source: ENDS,
    why: "Old clients send one behind a body.",
    send: `⏎GET {base}/{T} HTTP/1.1⏎${HOST}⏎`,
    methods: ["GET"],
    allow: either(page(200), refused(400), dropped),
    best: page(200),
  },
  {
    name: "bare-lf-everywhere",
    rule: "Lines that end in a bare LF are read as lines, or refused",
    source: ENDS,
    why: DISAGREE,
    send: "GET {base}/{T} HTTP/1.1\nHost: {host}\n\n",
    allow: either(page(200), refused(400)),
    best: refusedAndClosed(400),
  },
  {
    name: "bare-lf-behind-request-line",
    rule: "A bare LF behind the request line ends it, or the request is refused",
    source: ENDS,
    why: DISAGREE,
    send: `GET {base}/{T} HTTP/1.1\n${HOST}⏎`,
    allow: either(page(200), refused(400)),
    best: refusedAndClosed(400),
  },
  {
    name: "bare-cr-behind-request-line",
    rule: "A CR without LF does not end a line",
    source: ENDS,
    why: DISAGREE,
    send: `GET {base}/{T} HTTP/1.1\r${HOST}⏎`,
    allow: either(refused(400), dropped),
  },
  {
    name: "two-spaces",
    rule: "Two spaces in the request line are one separator, or refused",
    source: LINE,
    why: DISAGREE,
    send: `GET  {base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: either(page(200), refused(400)),
  },
  {
    name: "space-at-end",
    rule: "A space behind the version is skipped or refused",
    source: LINE,
    why: DISAGREE,
    send: `GET {base}/{T} HTTP/1.1 ⏎${HOST}⏎`,
    allow: either(page(200), refused(400)),
    best: refused(400),
  },
  {
    name: "space-before-method",
    rule: "A space before the method is refused",
    source: LINE,
    why: DISAGREE,
    send: ` GET {base}/{T} HTTP/1.1⏎${HOST}⏎`,
    methods: ["GET"],
    allow: either(page(200), refused(400, 501)),
    best: refusedAndClosed(400),
  },
  {
    name: "space-in-target",
    level: "SHOULD",
    rule: "A space inside the target is refused, or redirected",
    source: LINE,
    why: "Whatever stands behind the space could be taken for the version, or for another target.",
    send: `GET {base}/{T} a HTTP/1.1⏎${HOST}⏎`,
    allow: either(
      refused(400),
      that("a redirect", ({ answers }) => (answers[0]?.status === 301 ? undefined : "no redirect")),
    ),
  },
];

const versions: readonly FrontRow[] = [
  {
    name: "http-0.9",
    level: "SHOULD",
    rule: "A request line without a version is not served",
    source: VERSION,
    why: "HTTP/0.9 has no head, so nothing the worker says about its answer reaches the client.",
    send: "GET {base}/{T}⏎⏎",
    allow: either(refused(400, 426, 501, 505), dropped),
  },
  {
    name: "http-1.0-without-host",
    rule: "HTTP/1.0 needs no Host; the worker is told the version, and the connection ends with the answer",
    source: "RFC 9112 section 9.3",
    why: "A worker must not send such a client chunks, and the client waits for the end of the connection.",
    send: "GET {base}/{T} HTTP/1.0⏎⏎",
    allow: both(page(200), packet({ vars: { SERVER_PROTOCOL: "HTTP/1.0" } }), closes),
  },
  {
    name: "http-2.0",
    level: "SHOULD",
    rule: "A major version that is not spoken is refused",
    source: "RFC 9110 section 15.6.6",
    why: "The client expects frames of HTTP/2 and gets lines of HTTP/1.",
    send: `GET {base}/{T} HTTP/2.0⏎${HOST}⏎`,
    allow: either(refused(505, 400), dropped),
  },
  {
    name: "http-2-preface",
    rule: "The preface of HTTP/2 is no request for the worker: the front speaks HTTP/2, or refuses",
    source: "RFC 9113 section 3.4",
    why: "PRI exists to make servers of HTTP/1 fail early.",
    send: "PRI * HTTP/2.0⏎⏎SM⏎⏎",
    mayLeaveHttp1: true,
    allow: either(refused(400, 405, 426, 501, 505), dropped, http2Settings),
  },
  {
    name: "lower-case-http",
    rule: "The name in the version is upper case, or the line is refused",
    source: VERSION,
    why: DISAGREE,
    send: `GET {base}/{T} http/1.1⏎${HOST}⏎`,
    allow: either(refused(400, 505), dropped),
  },
  {
    name: "two-digit-minor-version",
    level: "SHOULD",
    rule: "A version is a digit, a dot and a digit",
    source: VERSION,
    why: DISAGREE,
    send: `GET {base}/{T} HTTP/1.10⏎${HOST}⏎`,
    allow: either(refused(400, 505), dropped),
  },
  {
    name: "leading-zero-version",
    level: "SHOULD",
    rule: "A version is a digit, a dot and a digit",
    source: VERSION,
    why: DISAGREE,
    send: `GET {base}/{T} HTTP/01.1⏎${HOST}⏎`,
    allow: either(refused(400, 505), dropped),
  },
  {
    name: "http-1.2",
    rule: "A higher minor version is served as 1.1, or refused",
    source: "RFC 9110 section 2.5",
    why: "Minor versions do not change how a message is read.",
    send: `GET {base}/{T} HTTP/1.2⏎${HOST}⏎`,
    allow: either(
      both(page(200), packet({ vars: { SERVER_PROTOCOL: oneOf("HTTP/1.1", "HTTP/1.2") } })),
      refused(505, 400),
    ),
  },
];
/** The first line of a request. */
export const requestLineCases: readonly FrontCase[] = frontCases("request-line", [...lines, ...versions]);
