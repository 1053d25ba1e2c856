import { gatewayError, page } from "../answer-expectations.ts";
import { type Expectation, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { valuesOf } from "../http-answer.ts";
import { answer, LENGTH, OK } from "../script.ts";
import { request } from "../template.ts";

const FIELDS = "protocol/README.md section 5.3";
const LIMITS = "protocol/README.md section 7";
const INJECTED = "What a strict client refuses, a careless one reads as another head.";
const GOOD_OR_502: Expectation = either(page(200), gatewayError());

interface FieldRow {
  readonly name: string;
  readonly rule: string;
  readonly sends: string;
  readonly allow: Expectation;
  readonly best?: Expectation;
  readonly source?: string;
  readonly why?: string;
}

const FIELD_ROWS: readonly FieldRow[] = [
  {
    name: "space-before-colon",
    rule: "A space before a colon is an error of the worker, or the field is dropped",
    sends: `${OK}X-A : 1⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "folded-field",
    rule: "A folded field is joined, or an error of the worker",
    sends: `${OK}X-A: 1⏎ 2⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "bare-lf",
    rule: "Lines that end in a bare LF are read, or an error of the worker",
    sends: "HTTP/1.1 200 OK\nContent-Length: 15\n\n{T}",
    allow: GOOD_OR_502,
    best: page(200),
  },
  {
    name: "bare-cr-in-value",
    rule: "A CR inside a value does not reach the client",
    sends: `${OK}X-A: a\rSet-Cookie: evil=1⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
    why: INJECTED,
  },
  {
    name: "nul-in-value",
    rule: "A NUL inside a value does not reach the client",
    sends: `${OK}X-A: a\0b⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
    why: INJECTED,
  },
  {
    name: "control-in-value",
    rule: "A control character in a value does not reach the client",
    sends: `${OK}X-A: a\x01b⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "del-in-value",
    rule: "DEL in a value does not reach the client",
    sends: `${OK}X-A: a\x7fb⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "tab-in-value",
    rule: "A tab in a value stays",
    sends: `${OK}X-A: a\tb⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { "x-a": "a\tb" } }),
  },
  {
    name: "bytes-above-ascii",
    rule: "Bytes above ASCII in a value pass as they are",
    sends: `${OK}X-A: caf\xe9 \xc3\xa9⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { "x-a": "caf\xe9 \xc3\xa9" } }),
  },
  {
    name: "name-with-space",
    rule: "A name with a space is an error of the worker, or dropped",
    sends: `${OK}X A: 1⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "empty-name",
    rule: "A field without a name is an error of the worker, or dropped",
    sends: `${OK}: 1⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "line-without-colon",
    rule: "A line without a colon is an error of the worker, or dropped",
    sends: `${OK}nonsense⏎${LENGTH}⏎{T}`,
    allow: GOOD_OR_502,
    best: gatewayError(),
  },
  {
    name: "name-with-underscore",
    rule: "Names of the worker may hold underscores",
    sends: `${OK}X_Under: 1⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { x_under: "1" } }),
  },
  {
    name: "empty-value",
    rule: "A value may be empty",
    sends: `${OK}X-A:⏎${LENGTH}⏎{T}`,
    allow: page(200),
    best: page(200, { fields: { "x-a": "" } }),
  },
  {
    name: "no-space-behind-colon",
    rule: "The space behind a colon may be missing",
    sends: `${OK}X-A:1⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { "x-a": "1" } }),
  },
  {
    name: "three-cookies",
    rule: "Three Set-Cookie fields stay three, in order",
    sends: `${OK}Set-Cookie: a=1⏎Set-Cookie: b=2⏎Set-Cookie: c=3⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { "set-cookie": ["a=1", "b=2", "c=3"] } }),
    why: "A comma belongs to a cookie: joined ones are lost.",
  },
  {
    name: "two-content-types",
    rule: "Two types are an error of the worker, or one of them is passed on",
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
    rule: "Location passes as it is",
    sends: "HTTP/1.1 302 Found⏎Location: /a%20b?x=%0d%0aX:1⏎Content-Length: 0⏎⏎",
    allow: page(302, { body: "", fields: { location: "/a%20b?x=%0d%0aX:1" } }),
  },
  {
    name: "accel-redirect-above-the-root",
    rule: "X-Accel-Redirect leads to no file outside of what was configured",
    sends: `${OK}X-Accel-Redirect: /../../../../etc/hostname⏎${LENGTH}⏎{T}`,
    allow: that("the answer of the worker, or an error", ({ answers: [first], values }) => {
      if (!first) return "no answer";
      return first.status >= 400 || first.body.toString("latin1") === values.tokens.T
        ? undefined
        : "another page";
    }),
    why: "A worker that can be made to send a field can be made to read any file.",
  },
  {
    name: "sendfile",
    rule: "X-Sendfile makes no front send a file it was not told to",
    sends: `${OK}X-Sendfile: /etc/hostname⏎${LENGTH}⏎{T}`,
    allow: either(page(200), gatewayError()),
    why: "A worker that can be made to send a field can be made to read any file.",
  },
];

const LARGE: readonly FieldRow[] = [
  {
    name: "head-of-3000-bytes",
    rule: "A head of 3000 bytes is passed on",
    source: LIMITS,
    sends: `${OK}X-A: ${"a".repeat(3000)}⏎${LENGTH}⏎{T}`,
    allow: page(200, { fields: { "x-a": "a".repeat(3000) } }),
  },
  {
    name: "head-of-20000-bytes",
    rule: "A head of 20 000 bytes is passed on whole, or an error",
    source: LIMITS,
    sends: `${OK}X-A: ${"a".repeat(20_000)}⏎${LENGTH}⏎{T}`,
    allow: either(page(200, { fields: { "x-a": "a".repeat(20_000) } }), gatewayError()),
  },
  {
    name: "head-of-a-megabyte",
    rule: "A head without end is an error of the worker",
    source: LIMITS,
    sends: `${OK}X-A: ${"a".repeat(1_000_000)}⏎${LENGTH}⏎{T}`,
    allow: gatewayError(),
    why: "A worker in a loop fills the memory of the front.",
  },
  {
    name: "two-thousand-fields",
    rule: "2000 fields are passed on whole, or an error of the worker",
    source: LIMITS,
    sends: `${OK}${Array.from({ length: 2000 }, (_, index) => `X-${index}: 1⏎`).join("")}${LENGTH}⏎{T}`,
    allow: either(page(200, { fields: { "x-1999": "1" } }), gatewayError()),
  },
];
const rows = [...FIELD_ROWS, ...LARGE].map(
  ({ sends, source = FIELDS, why = INJECTED, ...row }): FrontRow => ({
    ...row,
    source,
    why,
    send: request(),
    script: answer(sends),
  }),
);

/** Fields of the worker. */
export const responseFieldCases: readonly FrontCase[] = frontCases("response-fields", rows);
