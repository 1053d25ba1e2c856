import { closes, dropped, page, refused, refusedAndClosed } from "../answer-expectations.ts";
import { both, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { matching, oneOf, packet } from "../packet-expectations.ts";

const LINE = "RFC 9112 section 3";
const TARGET = "RFC 9112 section 3.2";
const ENDS = "RFC 9112 section 2.2";
const VERSION = "RFC 9112 section 2.3";
const HOST = "Host: {host}⏎";
const TOKEN = "X-Token: {T}⏎";

const DISAGREE = "Two programs that read such a line differently see two different requests.";

const lines: readonly FrontRow[] = [
  {
    name: "empty-line-before",
    rule: "One empty line before the request line is skipped.",
    source: ENDS,
    why: "Old clients send one behind a body.",
    send: `⏎GET {base}/{T} HTTP/1.1⏎${HOST}⏎`,
    methods: ["GET"],
    allow: either(page(200), refused(400), dropped),
    best: page(200),
  },
  {
    name: "bare-lf-everywhere",
    rule: "Lines that end in a bare LF are read as lines, or refused.",
    source: ENDS,
    why: DISAGREE,
    send: "GET {base}/{T} HTTP/1.1\nHost: {host}\n\n",
    allow: either(page(200), refused(400)),
    best: refusedAndClosed(400),
  },
  {
    name: "bare-lf-behind-request-line",
    rule: "A bare LF behind the request line ends it, or the request is refused.",
    source: ENDS,
    why: DISAGREE,
    send: `GET {base}/{T} HTTP/1.1\n${HOST}⏎`,
    allow: either(page(200), refused(400)),
    best: refusedAndClosed(400),
  },
  {
    name: "bare-cr-behind-request-line",
    rule: "A CR without LF does not end a line.",
    source: ENDS,
    why: DISAGREE,
    send: `GET {base}/{T} HTTP/1.1\r${HOST}⏎`,
    allow: either(refused(400), dropped),
  },
  {
    name: "two-spaces",
    rule: "Two spaces in the request line are one separator, or refused.",
    source: LINE,
    why: DISAGREE,
    send: `GET  {base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: either(page(200), refused(400)),
  },
  {
    name: "space-at-end",
    rule: "A space behind the version is skipped or refused.",
    source: LINE,
    why: DISAGREE,
    send: `GET {base}/{T} HTTP/1.1 ⏎${HOST}⏎`,
    allow: either(page(200), refused(400)),
    best: refused(400),
  },
  {
    name: "space-before-method",
    rule: "A space before the method is refused.",
    source: LINE,
    why: DISAGREE,
    send: ` GET {base}/{T} HTTP/1.1⏎${HOST}⏎`,
    methods: ["GET"],
    allow: either(page(200), refused(400)),
    best: refusedAndClosed(400),
  },
  {
    name: "space-in-target",
    rule: "A space inside the target is refused, or redirected.",
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
    rule: "A request line without a version is not served.",
    source: VERSION,
    why: "HTTP/0.9 has no head, so nothing the worker says about its answer reaches the client.",
    send: "GET {base}/{T}⏎⏎",
    allow: either(refused(400, 426, 501, 505), dropped),
  },
  {
    name: "http-1.0-without-host",
    rule: "HTTP/1.0 needs no Host; the worker is told the version, and the connection ends with the answer.",
    source: "RFC 9112 section 9.3, protocol/README.md section 5.1",
    why: "A worker must not send such a client chunks, and the client waits for the end of the connection.",
    send: "GET {base}/{T} HTTP/1.0⏎⏎",
    allow: both(page(200), packet({ vars: { SERVER_PROTOCOL: "HTTP/1.0" } }), closes),
  },
  {
    name: "http-2.0",
    level: "SHOULD",
    rule: "A major version that is not spoken is refused.",
    source: "RFC 9110 section 15.6.6",
    why: "The client expects frames of HTTP/2 and gets lines of HTTP/1.",
    send: `GET {base}/{T} HTTP/2.0⏎${HOST}⏎`,
    allow: either(refused(505, 400), dropped),
  },
  {
    name: "http-2-preface",
    rule: "The preface of HTTP/2 is no request for the worker.",
    source: "RFC 9113 section 3.4",
    why: "PRI exists to make servers of HTTP/1 fail early.",
    send: "PRI * HTTP/2.0⏎⏎SM⏎⏎",
    allow: either(refused(400, 405, 426, 501, 505), dropped),
  },
  {
    name: "lower-case-http",
    rule: "The name in the version is upper case, or the line is refused.",
    source: VERSION,
    why: DISAGREE,
    send: `GET {base}/{T} http/1.1⏎${HOST}⏎`,
    allow: either(refused(400, 505), dropped),
  },
  {
    name: "two-digit-minor-version",
    level: "SHOULD",
    rule: "A version is a digit, a dot and a digit.",
    source: VERSION,
    why: DISAGREE,
    send: `GET {base}/{T} HTTP/1.10⏎${HOST}⏎`,
    allow: either(refused(400, 505), dropped),
  },
  {
    name: "leading-zero-version",
    level: "SHOULD",
    rule: "A version is a digit, a dot and a digit.",
    source: VERSION,
    why: DISAGREE,
    send: `GET {base}/{T} HTTP/01.1⏎${HOST}⏎`,
    allow: either(refused(400, 505), dropped),
  },
  {
    name: "http-1.2",
    rule: "A higher minor version is served as 1.1, or refused.",
    source: "RFC 9110 section 2.5",
    why: "Minor versions do not change how a message is read.",
    send: `GET {base}/{T} HTTP/1.2⏎${HOST}⏎`,
    allow: either(
      both(page(200), packet({ vars: { SERVER_PROTOCOL: oneOf("HTTP/1.1", "HTTP/1.2") } })),
      refused(505, 400),
    ),
  },
];

const methods: readonly FrontRow[] = [
  {
    name: "unknown-method",
    rule: "A method nobody registered is passed on as it is, or refused.",
    source: "RFC 9110 section 9.1",
    why: "A method that is exchanged for another one changes what the request does.",
    send: `FOO {base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: either(both(page(200), packet({ vars: { REQUEST_METHOD: "FOO" } })), refused(400, 405, 501)),
  },
  {
    name: "lower-case-method",
    rule: "Methods are case-sensitive: get is not GET.",
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
    rule: "A method is a token.",
    source: "RFC 9110 section 9.1",
    why: DISAGREE,
    send: `GE{T {base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: either(refused(400, 405, 501), dropped),
  },
  {
    name: "connect",
    rule: "CONNECT opens no tunnel and never reaches the worker as a path.",
    source: "RFC 9110 section 9.3.6",
    why: "A front is no forward proxy; what looks like an answer would be taken for the tunnel.",
    send: `CONNECT b.test:443 HTTP/1.1⏎Host: b.test:443⏎${TOKEN}⏎`,
    allow: either(refused(400, 403, 404, 405, 501), dropped),
    best: refused(400, 403, 405, 501),
  },
  {
    name: "trace",
    level: "SHOULD",
    rule: "TRACE is not answered with the request.",
    source: "RFC 9110 section 9.3.8",
    why: "The answer would show scripts the cookies they may not read.",
    send: `TRACE {base}/{T} HTTP/1.1⏎${HOST}Cookie: s=1⏎⏎`,
    allow: refused(403, 405, 501),
  },
  {
    name: "options-asterisk",
    rule: "OPTIONS * is about the server: answered, refused, or passed on as *.",
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
    rule: "The target * belongs to OPTIONS alone.",
    source: "RFC 9112 section 3.2.4",
    why: DISAGREE,
    send: `GET * HTTP/1.1⏎${HOST}${TOKEN}⏎`,
    allow: either(refused(400, 404, 405), dropped),
  },
];

const targets: readonly FrontRow[] = [
  {
    name: "relative-target",
    rule: "A target without a slash in front is refused.",
    source: TARGET,
    why: "Joined to a mount point it would become another path.",
    send: `GET {T} HTTP/1.1⏎${HOST}⏎`,
    allow: either(refused(400, 404), dropped),
  },
  {
    name: "absolute-form",
    rule: "A target in absolute form is served like its path.",
    source: "RFC 9112 section 3.2.2",
    why: "Servers must accept it, although only clients of proxies send it.",
    send: `GET http://{host}{base}/{T}/a?b=c HTTP/1.1⏎${HOST}⏎`,
    allow: both(
      page(200),
      packet({ vars: { PATH_INFO: matching(/^\/.*\/a$|^\/cft[0-9a-f]+\/a$/), QUERY_STRING: "b=c" } }),
    ),
  },
  {
    name: "absolute-form-other-host",
    rule: "The host of an absolute target replaces Host, or the two may not differ.",
    source: "RFC 9112 section 3.2.2",
    why: "A front that routes by one and passes on the other sends a request to the wrong site.",
    send: `GET http://other.test{base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: either(both(page(200), packet({ vars: { HTTP_HOST: "other.test" } })), refused(400, 404, 421)),
  },
  {
    name: "absolute-form-without-path",
    rule: "An absolute target without a path asks for /.",
    source: "RFC 9112 section 3.2.1",
    why: "An empty path would be no request target any more.",
    send: `GET http://{host} HTTP/1.1⏎${HOST}${TOKEN}⏎`,
    allow: either(both(page(200), packet({ vars: { PATH_INFO: oneOf("/", "") } })), refused(400, 404)),
  },
  {
    name: "userinfo-in-target",
    level: "SHOULD",
    rule: "A target with a user name is refused.",
    source: "RFC 9110 section 4.2.4",
    why: "It is used to make a link look as if it went elsewhere.",
    send: `GET http://u:p@{host}{base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: refused(400),
  },
  {
    name: "ftp-target",
    level: "SHOULD",
    rule: "A target of another scheme is refused.",
    source: "RFC 9110 section 7.4",
    why: "The front is not responsible for such resources.",
    send: `GET ftp://{host}{base}/{T} HTTP/1.1⏎${HOST}⏎`,
    allow: refused(400, 404, 421),
  },
  ...["7f", "01", "00", "0b"].map(
    (hex): FrontRow => ({
      name: `byte-${hex}-in-target`,
      rule: `The byte ${hex} in a target is refused.`,
      source: TARGET,
      why: "Control characters travel from there into logs, redirects and vars.",
      send: `GET {base}/{T}${String.fromCharCode(Number.parseInt(hex, 16))}y HTTP/1.1⏎${HOST}⏎`,
      allow: either(refused(400), dropped),
    }),
  ),
  {
    name: "utf-8-in-target",
    rule: "Bytes above ASCII in a target arrive as they are, or are refused.",
    source: "RFC 3986 section 2",
    why: "A front that changes them asks for another page.",
    send: `GET {base}/{T}\xc3\xa9 HTTP/1.1⏎${HOST}⏎`,
    allow: either(both(page(200), packet({ vars: { PATH_INFO: matching(/\xc3\xa9$/) } })), refused(400)),
    best: refused(400),
  },
  {
    name: "fragment-in-target",
    level: "SHOULD",
    rule: "A # in a target is refused.",
    source: "RFC 9112 section 3.2",
    why: "Programs disagree whether the path ends there.",
    send: `GET {base}/{T}#x HTTP/1.1⏎${HOST}⏎`,
    allow: refused(400),
  },
];

/** The first line of a request. */
export const requestLineCases: readonly FrontCase[] = frontCases("request-line", [
  ...lines,
  ...versions,
  ...methods,
  ...targets,
]);
