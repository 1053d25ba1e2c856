import { dropped, page, refused } from "../answer-expectations.ts";
import { both, type Expectation, either } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { matching, noVar, packet, type VarRule } from "../packet-expectations.ts";
import { request } from "../template.ts";

const FIELDS = "RFC 9112 section 5";
const VALUES = "RFC 9110 section 5.5";
const NAMES = "protocol/README.md section 3.4";
const refusal: Expectation = either(refused(400), dropped);
const DISAGREE = "Two programs that read such a head differently see two different requests.";

function served(vars: Readonly<Record<string, VarRule>>): Expectation {
  return both(page(200), packet({ vars }));
}

const syntax: readonly FrontRow[] = [
  {
    name: "folded-line",
    rule: "A folded line is refused, or joined with spaces",
    source: "RFC 9112 section 5.2",
    why: "A line break that stays in the value comes out again in somebody's head.",
    send: request({ fields: "X-A: 1⏎ 2⏎" }),
    allow: either(refusal, served({ HTTP_X_A: matching(/^1 +2$/) })),
    best: refusal,
  },
  {
    name: "space-before-first-field",
    rule: "A line that begins with a space is refused, or ignored",
    source: "RFC 9112 section 2.2",
    why: DISAGREE,
    send: "GET {base}/{T} HTTP/1.1⏎ X-A: 1⏎Host: {host}⏎⏎",
    allow: either(refusal, served({ HTTP_X_A: undefined })),
  },
  ...[" ", "\t"].map(
    (blank): FrontRow => ({
      name: `${blank === " " ? "space" : "tab"}-before-colon`,
      rule: "Nothing stands between a name and its colon",
      source: "RFC 9112 section 5.1",
      why: "Programs that cut the name and programs that do not see different fields.",
      send: request({ fields: `X-A${blank}: 1⏎` }),
      allow: refusal,
    }),
  ),
  {
    name: "line-without-colon",
    level: "SHOULD",
    rule: "A line without a colon is refused",
    source: FIELDS,
    why: DISAGREE,
    send: request({ fields: "XA⏎" }),
    allow: refusal,
  },
  {
    name: "empty-name",
    rule: "A field without a name becomes no var",
    source: FIELDS,
    why: "A var named HTTP_ means nothing.",
    send: request({ fields: ": v⏎" }),
    allow: either(
      refused(400),
      both(
        page(200),
        noVar("named HTTP_", (name) => name === "HTTP_"),
      ),
    ),
    best: refusal,
  },
  ...[
    { name: "byte-e9-in-name", field: "X\xe9A" },
    { name: "brackets-in-name", field: "X(A)" },
  ].map(
    ({ name, field }): FrontRow => ({
      name,
      rule: "A name that is no token becomes no var",
      source: "RFC 9110 section 5.1",
      why: "What it is mapped to could be the name of another field.",
      send: request({ fields: `${field}: v⏎` }),
      allow: either(
        refused(400),
        both(
          page(200),
          noVar("for it", (key) => /^HTTP_X.*A/.test(key)),
        ),
      ),
      best: refusal,
    }),
  ),
  {
    name: "bare-cr-in-value",
    rule: "A CR in a value is refused, or made a space",
    source: VALUES,
    why: "It comes out again as a line break somewhere.",
    send: request({ fields: "X-A: a\rb⏎" }),
    allow: either(refusal, served({ HTTP_X_A: "a b" })),
  },
  {
    name: "nul-in-value",
    rule: "A NUL in a value is refused, or made a space",
    source: VALUES,
    why: "Programs in C see the value end there.",
    send: request({ fields: "X-A: a\0b⏎" }),
    allow: either(refusal, served({ HTTP_X_A: "a b" })),
  },
  ...["\x01", "\x7f"].map(
    (control): FrontRow => ({
      name: `byte-${control === "\x01" ? "01" : "7f"}-in-value`,
      level: "SHOULD",
      rule: "Control characters in a value are refused",
      source: VALUES,
      why: "They have no meaning in a field, and some in logs and terminals.",
      send: request({ fields: `X-A: a${control}b⏎` }),
      allow: refusal,
    }),
  ),
];

const values: readonly FrontRow[] = [
  {
    name: "mapped",
    rule: "A field becomes HTTP_, its name in upper case and with underscores",
    source: NAMES,
    why: "Applications look for that name.",
    send: request({ fields: "x-lOwEr-123: v⏎" }),
    allow: served({ HTTP_X_LOWER_123: "v" }),
  },
  {
    name: "spaces-around-value",
    rule: "Spaces around a value are not part of it",
    source: VALUES,
    why: "Comparisons with the value fail.",
    send: request({ fields: "X-A:   v w  ⏎" }),
    allow: served({ HTTP_X_A: "v w" }),
  },
  {
    name: "tabs-around-value",
    level: "SHOULD",
    rule: "Tabs around a value are not part of it",
    source: VALUES,
    why: "Comparisons with the value fail.",
    send: request({ fields: "X-A: \t v w \t⏎" }),
    allow: served({ HTTP_X_A: "v w" }),
  },
  {
    name: "tab-in-value",
    rule: "A tab inside a value stays",
    source: VALUES,
    why: "It is a legal character.",
    send: request({ fields: "X-A: a\tb⏎" }),
    allow: served({ HTTP_X_A: "a\tb" }),
  },
  {
    name: "bytes-above-ascii",
    rule: "Bytes above ASCII arrive as they are",
    source: "protocol/README.md section 3.3",
    why: "Names in cookies and signatures over values break.",
    send: request({ fields: "X-A: \xe9\xff\xc3\xa9⏎" }),
    allow: served({ HTTP_X_A: "\xe9\xff\xc3\xa9" }),
  },
  {
    name: "empty-value",
    rule: "An empty field is an empty var, or none",
    source: "protocol/README.md section 3.3",
    why: "Any other value is invented.",
    send: request({ fields: "X-A:⏎" }),
    allow: both(
      page(200),
      packet({ vars: { HTTP_X_A: (all) => (all.every((value) => value === "") ? undefined : "a value") } }),
    ),
  },
  {
    name: "names-of-objects",
    rule: "Names that programming languages use inside do no harm",
    source: NAMES,
    why: "A front that keeps fields in an object is taken over by them.",
    send: request({ fields: "__proto__: v⏎constructor: v⏎hasOwnProperty: v⏎" }),
    allow: page(200),
  },
];
/** Fields of a request and the vars they become. */
export const headerCases: readonly FrontCase[] = frontCases("headers", [...syntax, ...values]);
