import { pep3333, rfc9110, rfc9112, spec } from "../../sources.ts";
import {
  all,
  bodyIs,
  type Check,
  check,
  closes,
  closesInOrder,
  either,
  errorStatus,
  field,
  noBody,
  noField,
  rawBodyIs,
  status,
  visiblyCut,
} from "../checks.ts";
import { describeAnswer } from "../describe-answer.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const NEVER = spec("5.8");
const CLOSING = spec("8");
const LENGTH = pep3333("Handling the Content-Length Header");
const FRONTS_READ_ON =
  "Apache and the routers read up to the close, whatever the length says, and hang until their timeout.";
const DESYNC =
  "Apache and the http router pass surplus bytes on: the HTTP client reads them as the next response.";

const statusLine: Check = check(
  "a status line HTTP/1.0 or HTTP/1.1, three digits, a space and a reason",
  (answer) => /^HTTP\/1\.[01] \d{3} [\t\x20-\x7e\x80-\xff]*$/.test(answer.statusLine),
  (answer) => (answer.isEmpty ? describeAnswer(answer) : JSON.stringify(answer.statusLine)),
);

const heads: readonly ExchangeRow[] = [
  {
    name: "status-line",
    rule: "A response begins with a status line of HTTP/1.0 or HTTP/1.1",
    source: spec("5.1"),
    why: "Apache answers 502 to the CGI form and to anything else.",
    send: { path: "/hello" },
    allow: statusLine,
  },
  {
    name: "status-line-1-1",
    level: "SHOULD",
    rule: "The version in the status line is HTTP/1.1, whatever SERVER_PROTOCOL says",
    source: spec("5.1"),
    why: "It is the version of the response. An echo of HTTP/2.0 is no HTTP/1 response.",
    send: { path: "/hello", vars: { SERVER_PROTOCOL: "HTTP/2.0" } },
    allow: check("HTTP/1.1", (answer) => answer.statusLine.startsWith("HTTP/1.1 ")),
  },
  {
    name: "status-line-no-echo",
    level: "SHOULD",
    rule: "A SERVER_PROTOCOL of FOO does not become the status line",
    source: spec("5.1"),
    why: "No client reads FOO 200 OK.",
    send: { path: "/hello", vars: { SERVER_PROTOCOL: "FOO" } },
    allow: either(statusLine, errorStatus(400, 400)),
  },
  {
    name: "status-line-without-protocol",
    rule: "Without SERVER_PROTOCOL there is still a status line",
    source: spec("5.1"),
    why: "The var is not required.",
    send: { path: "/hello", vars: { SERVER_PROTOCOL: undefined } },
    allow: statusLine,
  },
  {
    name: "lines-end-in-crlf",
    rule: "Every line of the head ends in CR LF",
    source: rfc9112("2.2"),
    why: "A bare LF is read by some and refused by others.",
    send: { path: "/cookies" },
    allow: check("no bare CR or LF in the head", (answer) => {
      const text = answer.bytes.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      return end > 0 && !/[\r\n]/.test(text.slice(0, end).replaceAll("\r\n", ""));
    }),
  },
  {
    name: "one-head",
    rule: "There is one head, and it comes first",
    source: NEVER,
    why: "nginx 1.22 and Apache take a 1xx for the response and the real head for its body.",
    send: { path: "/hello", vars: { HTTP_EXPECT: "100-continue" } },
    allow: check("one HTTP head", (answer) => answer.bytes.toString("latin1").split("HTTP/").length === 2),
  },
  {
    name: "no-transfer-encoding",
    rule: "A response without a length is not chunked",
    source: NEVER,
    why: "nginx and Apache do not decode it: their clients get the chunk sizes as text.",
    send: { path: "/blocks" },
    allow: all(status(200), noField("Transfer-Encoding"), rawBodyIs("abc")),
  },
  {
    name: "no-transfer-encoding-1-0",
    rule: "A response to an HTTP/1.0 client is not chunked",
    source: NEVER,
    why: "HTTP/1.0 does not know it.",
    send: { path: "/blocks", vars: { SERVER_PROTOCOL: "HTTP/1.0" } },
    allow: all(status(200), noField("Transfer-Encoding"), rawBodyIs("abc")),
  },
  {
    name: "no-keep-alive",
    rule: "A response does not offer to keep the connection",
    source: NEVER,
    why: FRONTS_READ_ON,
    send: { path: "/hello" },
    allow: all(
      check(
        "no Connection: keep-alive",
        (answer) => answer.hasHead && !/keep-alive/i.test(answer.field("Connection") ?? ""),
      ),
      noField("Keep-Alive"),
    ),
  },
];

const closing: readonly ExchangeRow[] = (
  [
    ["unsized", "/blocks", "without a length", {}, bodyIs("abc")],
    ["sized", "/sized", "with a Content-Length", {}, bodyIs("hello")],
    [
      "keep-alive-asked",
      "/sized",
      "to a client that asked to keep it",
      { HTTP_CONNECTION: "keep-alive" },
      bodyIs("hello"),
    ],
    [
      "close-asked",
      "/sized",
      "to a client that asked for a close",
      { HTTP_CONNECTION: "close" },
      bodyIs("hello"),
    ],
    ["no-content", "/no-content", "of 204", {}, status(204)],
  ] as const
).map(
  ([name, path, what, vars, page]): ExchangeRow => ({
    name: `closes-${name}`,
    rule: `The worker closes the connection after a response ${what}`,
    source: CLOSING,
    why: FRONTS_READ_ON,
    send: { path, vars },
    allow: all(page, closesInOrder),
  }),
);

const lengths: readonly ExchangeRow[] = [
  {
    name: "length-kept",
    rule: "Content-Length of the application goes out",
    source: LENGTH,
    why: "It is what makes a cut response visible.",
    send: { path: "/sized" },
    allow: all(field("Content-Length", "5"), rawBodyIs("hello")),
  },
  {
    name: "length-kept-blocks",
    rule: "Content-Length of the application goes out with a body of several blocks",
    source: LENGTH,
    why: "As with one.",
    send: { path: "/sized-blocks" },
    allow: all(field("Content-Length", "5"), rawBodyIs("hello")),
  },
  {
    name: "length-zero",
    rule: "A Content-Length of 0 goes out, and nothing behind it",
    source: LENGTH,
    why: "An empty page is a page.",
    send: { path: "/sized-zero" },
    allow: all(status(200), field("Content-Length", "0"), noBody),
  },
  {
    name: "length-added",
    level: "SHOULD",
    rule: "A body of one block gets a Content-Length",
    source: LENGTH,
    why: "The server knows it, and a cut response becomes visible.",
    send: { path: "/hello" },
    allow: field("Content-Length", "5"),
  },
  {
    name: "surplus-cut",
    level: "SHOULD",
    rule: "Blocks past Content-Length are not sent",
    source: LENGTH,
    why: DESYNC,
    send: { path: "/surplus" },
    allow: either(all(field("Content-Length", "5"), rawBodyIs("hello")), errorStatus(500, 500)),
  },
  {
    name: "surplus-block-cut",
    level: "SHOULD",
    rule: "A block that goes past Content-Length is cut there",
    source: LENGTH,
    why: DESYNC,
    send: { path: "/surplus-block" },
    allow: either(all(field("Content-Length", "7"), rawBodyIs("hellowo")), errorStatus(500, 500)),
  },
  {
    name: "surplus-not-pulled",
    level: "SHOULD",
    rule: "An application is not asked for blocks past its Content-Length, and its body is closed once",
    source: LENGTH,
    why: "What can not be sent need not be made.",
    send: { path: "/surplus-many/{token}" },
    allow: rawBodyIs("abc"),
    counts: {
      expected: "at most 2 blocks taken, closed once",
      holds: (c) => c.blocks <= 2 && c.closes === 1,
    },
  },
  {
    name: "deficit-visible",
    rule: "A body short of its Content-Length ends with the connection",
    source: CLOSING,
    why: "An open connection makes the client wait for the rest; padding would be a lie.",
    send: { path: "/deficit" },
    allow: either(
      all(field("Content-Length", "10"), rawBodyIs("abc"), closes),
      errorStatus(500, 500),
      visiblyCut,
    ),
  },
  {
    name: "length-twice-once",
    level: "SHOULD",
    rule: "Two equal Content-Length of the application go out as one, or as 500",
    source: rfc9110("8.6"),
    why: "nginx of today answers 502 to two.",
    send: { path: "/length-twice" },
    allow: either(all(field("Content-Length", "5"), rawBodyIs("hello")), errorStatus(500, 500)),
  },
];

export const responseFramingCases: readonly WorkerCase[] = exchangeCases("response-framing", [
  ...heads,
  ...closing,
  ...lengths,
]);
