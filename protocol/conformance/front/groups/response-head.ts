import { gatewayError, page } from "../answer-expectations.ts";
import { both, type Expectation, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { answer, LENGTH, OK } from "../script.ts";
import { request } from "../template.ts";

const HEAD = "protocol/README.md section 5.1";
const CGI = "protocol/README.md section 5.2";
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
    rule: "A status line, fields and a body of that length are passed on",
    sends: `${OK}${LENGTH}⏎{T}`,
    allow: page(200),
  },
  {
    name: "http-1.0",
    rule: "HTTP/1.0 in the status line is good",
    sends: `HTTP/1.0 200 OK⏎${LENGTH}⏎{T}`,
    allow: page(200),
  },
  {
    name: "echoed-http-2.0",
    rule: "A version that uWSGI echoes is passed on as the front's own",
    sends: `HTTP/2.0 200 OK⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
  },
  {
    name: "no-reason",
    rule: "The reason may be missing with its space",
    sends: `HTTP/1.1 200⏎${LENGTH}⏎{T}`,
    allow: page(200),
  },
  {
    name: "empty-reason",
    rule: "The reason may be empty",
    sends: `HTTP/1.1 200 ⏎${LENGTH}⏎{T}`,
    allow: page(200),
  },
  {
    name: "latin-1-reason",
    rule: "A reason may hold bytes above ASCII",
    sends: `HTTP/1.1 200 D\xe9j\xe0⏎${LENGTH}⏎{T}`,
    allow: page(200),
  },
  {
    name: "control-in-reason",
    rule: "A control character in the reason does not reach the client",
    sends: `HTTP/1.1 200 <b>\x01⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: both(
      GOOD_OR_502,
      that("no control character", ({ raw }) => (raw.includes(1) ? "the byte 01" : undefined)),
    ),
    why: INJECTED,
  },
  {
    name: "unregistered-status",
    rule: "A status nobody registered is passed on",
    sends: `HTTP/1.1 299 Odd⏎${LENGTH}⏎{T}`,
    allow: page(299),
  },
  {
    name: "status-404",
    rule: "A status of the worker is passed on with its page",
    sends: `HTTP/1.1 404 Not Found⏎${LENGTH}⏎{T}`,
    allow: page(404),
  },
  {
    name: "status-500",
    rule: "An error page of the worker is passed on",
    sends: `HTTP/1.1 500 Oops⏎${LENGTH}⏎{T}`,
    allow: page(500),
  },
  {
    name: "status-503",
    rule: "503 of the worker is passed on with Retry-After",
    sends: `HTTP/1.1 503 Busy⏎Retry-After: 7⏎${LENGTH}⏎{T}`,
    allow: page(503, { fields: { "retry-after": "7" } }),
  },
  {
    name: "letters-as-status",
    rule: "A status that is no number is an error of the worker",
    sends: `HTTP/1.1 abc X⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "two-digit-status",
    rule: "A status has three digits",
    sends: `HTTP/1.1 20 OK⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "status-000",
    rule: "A status begins with a digit from 1 on",
    sends: `HTTP/1.1 000 X⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "version-of-one-number",
    rule: "HTTP/2 200 is no answer of HTTP/1, or read as one",
    sends: `HTTP/2 200⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
  },
  {
    name: "lower-case-http",
    rule: "A status line begins with HTTP in upper case",
    sends: `http/1.1 200 OK⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "other-protocol",
    rule: "An answer of another protocol is an error of the worker",
    sends: "SSH-2.0-OpenSSH_9.2⏎",
    allow: gatewayError(),
  },
  {
    name: "empty-line-first",
    rule: "An empty line before the status line is an error of the worker, never an empty head",
    sends: `⏎${OK}${LENGTH}⏎{T}`,
    allow: gatewayError(),
    why: "The head of the worker is delivered as a page.",
  },
  {
    name: "binary",
    rule: "Bytes that are no head are an error of the worker",
    sends: "\0\x01\x02\xff⏎⏎",
    allow: gatewayError(),
  },
];

const CGI_FORMS: readonly HeadRow[] = [
  {
    name: "status-field",
    rule: "A Status field stands for a status line, or the form is refused",
    source: CGI,
    sends: `Status: 201 Created⏎${LENGTH}⏎{T}`,
    allow: either(page(201), gatewayError()),
    best: page(201, { fields: { status: undefined } }),
  },
  {
    name: "no-status",
    rule: "Fields without a status are 200, or refused",
    source: CGI,
    sends: `Content-Type: text/plain⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: page(200),
  },
  {
    name: "location-alone",
    rule: "Location without a status is 302, or refused",
    source: CGI,
    sends: "Location: /y⏎Content-Length: 0⏎⏎",
    allow: either(page(302, { body: "" }), gatewayError()),
    best: page(302, { body: "" }),
  },
  {
    name: "status-field-with-junk",
    rule: "A Status field that is no status is an error of the worker",
    source: CGI,
    sends: `Status: 20a OK⏎${LENGTH}⏎{T}`,
    allow: gatewayError(),
  },
  {
    name: "status-line-and-field",
    level: "SHOULD",
    rule: "Of a status line and a Status field, the line counts",
    source: CGI,
    sends: `${OK}Status: 404 Not Found⏎${LENGTH}⏎{T}`,
    allow: page(200),
    best: page(200, { fields: { status: undefined } }),
  },
];
const rows = [...STATUS_LINES, ...CGI_FORMS].map(
  ({ sends, source = HEAD, why = INJECTED, ...row }): FrontRow => ({
    ...row,
    source,
    why,
    send: request(),
    script: answer(sends),
  }),
);

/** The status of the worker, in its forms. */
export const responseHeadCases: readonly FrontCase[] = frontCases("response-head", rows);
