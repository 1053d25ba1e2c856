import { gatewayError, page } from "../answer-expectations.ts";
import { type Expectation, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { valuesOf } from "../http-answer.ts";
import { answer, LENGTH, OK } from "../script.ts";
import { request } from "../template.ts";

const HEAD = "protocol/README.md section 5.1";
const CGI = "protocol/README.md section 5.2";
const FIELDS = "protocol/README.md section 5.3";
const INJECTED = "What a strict client refuses, a careless one reads as another head.";
const GOOD_OR_502: Expectation = either(page(200), gatewayError());

interface HeadRow {
  readonly name: string;
  readonly rule: string;
  readonly sends: string;
  readonly allow: Expectation;
  readonly best?: Expectation;
  readonly level?: "SHOULD";
  readonly source?: string;
  readonly why?: string;
}

const STATUS_LINES: readonly HeadRow[] = [
  {
    name: "status-line",
    rule: "A status line, fields and a body of that length are passed on.",
    sends: `${OK}${LENGTH}⏎{T}`,
    allow: page(200),
  },
  {
    name: "http-1.0",
    rule: "HTTP/1.0 in the status line is good.",
    sends: `HTTP/1.0 200 OK⏎${LENGTH}⏎{T}`,
    allow: page(200),
  },
  {
    name: "echoed-http-2.0",
    rule: "A version that uWSGI echoes is passed on as the front's own.",
    sends: `HTTP/2.0 200 OK⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
  },
  {
    name: "no-reason",
    rule: "The reason may be missing with its space.",
    sends: `HTTP/1.1 200⏎${LENGTH}⏎{T}`,
    allow: page(200),
  },
  {
    name: "empty-reason",
    rule: "The reason may be empty.",
    sends: `HTTP/1.1 200 ⏎${LENGTH}⏎{T}`,
    allow: page(200),
  },
  {
    name: "latin-1-reason",
    rule: "A reason may hold bytes above ASCII.",
    sends: `HTTP/1.1 200 D\xe9j\xe0⏎${LENGTH}⏎{T}`,
    allow: page(200),
  },
  {
    name: "control-in-reason",
    rule: "A control character in the reason does not reach the client.",
    sends: `HTTP/1.1 200 <b>\x01⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    why: INJECTED,
  },
  {
    name: "unregistered-status",
    rule: "A status nobody registered is passed on.",
    sends: `HTTP/1.1 299 Odd⏎${LENGTH}⏎{T}`,
    allow: page(299),
  },
  {
    name: "status-404",
    rule: "A status of the worker is passed on with its page.",
    sends: `HTTP/1.1 404 Not Found⏎${LENGTH}⏎{T}`,
    allow: page(404),
  },
  {
    name: "status-500",
    rule: "An error page of the worker is passed on.",
    sends: `HTTP/1.1 500 Oops⏎${LENGTH}⏎{T}`,
    allow: page(500),
  },
  {
    name: "status-503",
    rule: "503 of the worker is passed on with Retry-After.",
    sends: `HTTP/1.1 503 Busy⏎Retry-After: 7⏎${LENGTH}⏎{T}`,
    allow: page(503, { fields: { "retry-after": "7" } }),
  },
  {
    name: "letters-as-status",
    rule: "A status that is no number is an error of the worker.",
    sends: `HTTP/1.1 abc X⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "two-digit-status",
    rule: "A status has three digits.",
    sends: `HTTP/1.1 20 OK⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "status-000",
    rule: "A status begins with a digit from 1 on.",
    sends: `HTTP/1.1 000 X⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "version-of-one-number",
    rule: "HTTP/2 200 is no answer of HTTP/1, or read as one.",
    sends: `HTTP/2 200⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
  },
  {
    name: "lower-case-http",
    rule: "A status line begins with HTTP in upper case.",
    sends: `http/1.1 200 OK⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "other-protocol",
    rule: "An answer of another protocol is an error of the worker.",
    sends: "SSH-2.0-OpenSSH_9.2⏎",
    allow: gatewayError(),
  },
  {
    name: "empty-line-first",
    rule: "An empty line before the status line is an error of the worker, never an empty head.",
    sends: `⏎${OK}${LENGTH}⏎{T}`,
    allow: gatewayError(),
    why: "The head of the worker is delivered as a page.",
  },
  {
    name: "binary",
    rule: "Bytes that are no head are an error of the worker.",
    sends: "\0\x01\x02\xff⏎⏎",
    allow: gatewayError(),
  },
];

const CGI_FORMS: readonly HeadRow[] = [
  {
    name: "status-field",
    rule: "A Status field stands for a status line, or the form is refused.",
    source: CGI,
    sends: `Status: 201 Created⏎${LENGTH}⏎{T}`,
    allow: either(page(201), gatewayError()),
    best: page(201, { fields: { status: undefined } }),
  },
  {
    name: "no-status",
    rule: "Fields without a status are 200, or refused.",
    source: CGI,
    sends: `Content-Type: text/plain⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: page(200),
  },
  {
    name: "location-alone",
    rule: "Location without a status is 302, or refused.",
    source: CGI,
    sends: "Location: /y⏎Content-Length: 0⏎⏎",
    allow: either(page(302, { body: "" }), gatewayError()),
    best: page(302, { body: "" }),
  },
  {
    name: "status-field-with-junk",
    rule: "A Status field that is no status is an error of the worker.",
    source: CGI,
    sends: `Status: 20a OK⏎${LENGTH}⏎{T}`,
    allow: gatewayError(),
  },
  {
    name: "status-line-and-field",
    rule: "Of a status line and a Status field, the line counts.",
    source: CGI,
    sends: `${OK}Status: 404 Not Found⏎${LENGTH}⏎{T}`,
    allow: page(200),
    best: page(200, { fields: { status: undefined } }),
  },
];

const FIELD_ROWS: readonly HeadRow[] = [
  {
    name: "space-before-colon",
    rule: "A space before a colon is an error of the worker, or the field is dropped.",
    sends: `${OK}X-A : 1⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "folded-field",
    rule: "A folded field is joined, or an error of the worker.",
    sends: `${OK}X-A: 1⏎ 2⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "bare-lf",
    rule: "Lines that end in a bare LF are read, or an error of the worker.",
    sends: "HTTP/1.1 200 OK\nContent-Length: 15\n\n{T}",
    allow: GOOD_OR_502,
    best: page(200),
  },
  {
    name: "bare-cr-in-value",
    rule: "A CR inside a value does not reach the client.",
    sends: `${OK}X-A: a\rSet-Cookie: evil=1⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
    why: INJECTED,
  },
  {
    name: "nul-in-value",
    rule: "A NUL inside a value does not reach the client.",
    sends: `${OK}X-A: a\0b⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
    why: INJECTED,
  },
  {
    name: "control-in-value",
    rule: "A control character in a value does not reach the client.",
    sends: `${OK}X-A: a\x01b⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "del-in-value",
    rule: "DEL in a value does not reach the client.",
    sends: `${OK}X-A: a\x7fb⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "tab-in-value",
    rule: "A tab in a value stays.",
    sends: `${OK}X-A: a\tb⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { "x-a": "a\tb" } }),
  },
  {
    name: "bytes-above-ascii",
    rule: "Bytes above ASCII in a value pass as they are.",
    sends: `${OK}X-A: caf\xe9 \xc3\xa9⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { "x-a": "caf\xe9 \xc3\xa9" } }),
  },
  {
    name: "name-with-space",
    rule: "A name with a space is an error of the worker, or dropped.",
    sends: `${OK}X A: 1⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "empty-name",
    rule: "A field without a name is an error of the worker, or dropped.",
    sends: `${OK}: 1⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "line-without-colon",
    rule: "A line without a colon is an error of the worker, or dropped.",
    sends: `${OK}nonsense⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "name-with-underscore",
    rule: "Names of the worker may hold underscores.",
    sends: `${OK}X_Under: 1⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { x_under: "1" } }),
  },
  {
    name: "empty-value",
    rule: "A value may be empty.",
    sends: `${OK}X-A:⏎${LENGTH}⏎{T}`,
    allow: page(200),
    best: page(200, { fields: { "x-a": "" } }),
  },
  {
    name: "no-space-behind-colon",
    rule: "The space behind a colon may be missing.",
    sends: `${OK}X-A:1⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { "x-a": "1" } }),
  },
  {
    name: "three-cookies",
    rule: "Three Set-Cookie fields stay three, in order.",
    sends: `${OK}Set-Cookie: a=1⏎Set-Cookie: b=2⏎Set-Cookie: c=3⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { "set-cookie": ["a=1", "b=2", "c=3"] } }),
    why: "A comma belongs to a cookie: joined ones are lost.",
  },
  {
    name: "two-content-types",
    rule: "Two types are an error of the worker, or one of them is passed on.",
    sends: `${OK}Content-Type: a/b⏎Content-Type: c/d⏎${LENGTH}⏎{T}`,
    allow: either(
      gatewayError(),
      that("200 with one Content-Type", ({ answers: [first] }) =>
        first?.status === 200 && valuesOf(first, "content-type").length === 1
          ? undefined
          : "another number of types",
      ),
    ),
  },
  {
    name: "location",
    rule: "Location passes as it is.",
    sends: "HTTP/1.1 302 Found⏎Location: /a%20b?x=%0d%0aX:1⏎Content-Length: 0⏎⏎",
    allow: page(302, { body: "", fields: { location: "/a%20b?x=%0d%0aX:1" } }),
  },
  {
    name: "sendfile",
    rule: "X-Sendfile makes no front send a file it was not told to.",
    source: FIELDS,
    sends: `${OK}X-Sendfile: /etc/hostname⏎${LENGTH}⏎{T}`,
    allow: either(page(200), gatewayError()),
    why: "A worker that can be made to send a field can be made to read any file.",
  },
];

const LARGE: readonly HeadRow[] = [
  {
    name: "head-of-3000-bytes",
    rule: "A head of 3000 bytes is passed on.",
    source: "protocol/README.md section 7",
    sends: `${OK}X-A: ${"a".repeat(3000)}⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { "x-a": "a".repeat(3000) } }),
  },
  {
    name: "head-of-20000-bytes",
    rule: "A head of 20 000 bytes is passed on whole, or an error.",
    source: "protocol/README.md section 7",
    sends: `${OK}X-A: ${"a".repeat(20_000)}⏎${LENGTH}⏎{T}`,
    allow: either(page(200, { fields: { "x-a": "a".repeat(20_000) } }), gatewayError()),
  },
  {
    name: "head-of-a-megabyte",
    rule: "A head without end is an error of the worker.",
    source: "protocol/README.md section 7",
    sends: `${OK}X-A: ${"a".repeat(1_000_000)}⏎${LENGTH}⏎{T}`,
    allow: gatewayError(),
    why: "A worker in a loop fills the memory of the front.",
  },
  {
    name: "two-thousand-fields",
    rule: "2000 fields are passed on whole, or an error of the worker.",
    source: "protocol/README.md section 7",
    sends: `${OK}${Array.from({ length: 2000 }, (_, index) => `X-${index}: 1⏎`).join("")}${LENGTH}⏎{T}`,
    allow: either(page(200, { fields: { "x-1999": "1" } }), gatewayError()),
  },
];

const rows = [...STATUS_LINES, ...CGI_FORMS, ...FIELD_ROWS, ...LARGE].map(
  ({
    sends,
    source = sends.startsWith("HTTP/1.1 200 OK") ? FIELDS : HEAD,
    why = INJECTED,
    ...row
  }): FrontRow => ({
    ...row,
    source,
    why,
    send: request(),
    script: answer(sends),
  }),
);

/** Status line and fields of the worker. */
export const responseHeadCases: readonly FrontCase[] = frontCases("response-head", rows);
