import { page, pagesUntilClosed, refused } from "../answer-expectations.ts";
import { both, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { absentOrZero, noWholeBody, packet } from "../packet-expectations.ts";
import { request } from "../template.ts";

const SOURCE = "protocol/README.md section 4.1";
const LENGTH = "RFC 9112 section 6.3";
const KEPT = "An upload that arrives changed is worth nothing.";

const ALL_BYTES = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join("");
/** No two stretches of it are equal, so a block that is lost or repeated shows. */
const pattern = (bytes: number): string => {
  let text = "";
  for (let number = 0; text.length < bytes; number += 1) text += `${number},`;
  return text.slice(0, bytes);
};
const PACKET_BYTES = "\0\x05\0\0\x01\0A\0\0";

interface BodyRow {
  readonly name: string;
  readonly rule: string;
  readonly body: string;
  readonly method?: string;
  readonly version?: string;
  readonly why?: string;
}

const BODIES: readonly BodyRow[] = [
  { name: "three-bytes", rule: "A body follows the vars, and CONTENT_LENGTH is its length", body: "abc" },
  { name: "every-byte", rule: "A body may hold any byte", body: ALL_BYTES },
  {
    name: "looks-like-a-packet",
    rule: "A body is data, whatever it looks like",
    body: PACKET_BYTES,
    why: "Read as a packet it would be a request with the vars of its author.",
  },
  {
    name: "looks-like-a-request",
    rule: "A body is data, whatever it looks like",
    body: "GET /{S} HTTP/1.1⏎Host: a⏎⏎",
    why: "Read as a request it would be answered, and every later answer would be one off.",
  },
  { name: "of-65535-bytes", rule: "The body does not count to the size of the vars", body: pattern(65_535) },
  { name: "of-65536-bytes", rule: "A body may be longer than a packet", body: pattern(65_536) },
  { name: "of-a-megabyte", rule: "A long body arrives whole and in order", body: pattern(1_000_000) },
  { name: "of-delete", rule: "A DELETE may have a body", body: "abc", method: "DELETE" },
  { name: "of-http-1.0", rule: "HTTP/1.0 has bodies with a length too", body: "abc", version: "HTTP/1.0" },
];

const rows: readonly FrontRow[] = [
  ...BODIES.map(({ name, rule, body, method = "POST", version = "HTTP/1.1", why = KEPT }): FrontRow => {
    const size = body.replaceAll("⏎", "\r\n").replaceAll("{S}", "x".repeat(15)).length;
    return {
      name,
      rule,
      source: SOURCE,
      why,
      send: request({ method, version, fields: `Content-Length: ${size}⏎`, body }),
      methods: [method],
      allow: both(page(200), packet({ vars: { CONTENT_LENGTH: String(size) }, body })),
    };
  }),
  {
    name: "of-get",
    rule: "The body of a GET arrives, or is refused",
    source: "RFC 9110 section 9.3.1",
    why: "A body that is left over is read as the next request.",
    send: request({ fields: "Content-Length: 3⏎", body: "abc" }),
    allow: either(both(page(200), packet({ body: "abc" })), refused(400, 411, 413, 501)),
    best: both(page(200), packet({ body: "abc" })),
  },
  {
    name: "none",
    rule: "Without Content-Length and Transfer-Encoding there is no body",
    source: LENGTH,
    why: "The bytes behind it are the next request.",
    send: request({ method: "POST" }),
    allow: either(
      both(page(200), packet({ vars: { CONTENT_LENGTH: absentOrZero }, body: "" })),
      refused(411),
    ),
  },
  {
    name: "none-then-the-next-request",
    rule: "What follows a POST without a length is the next request",
    source: LENGTH,
    why: "A front that waits for a body swallows the next request.",
    send: `${request({ method: "POST" })}${request({ token: "S" })}`,
    methods: ["POST", "GET"],
    allow: either(pagesUntilClosed("{T}", "{S}"), refused(411)),
  },
  {
    name: "length-zero",
    rule: "A body of no bytes is one",
    source: LENGTH,
    why: "A worker that waits for more waits for ever.",
    send: request({ method: "POST", fields: "Content-Length: 0⏎" }),
    allow: both(page(200), packet({ vars: { CONTENT_LENGTH: absentOrZero }, body: "" })),
  },
  {
    name: "length-with-leading-zeros",
    rule: "The length is a number: 003 is 3, or is refused",
    source: LENGTH,
    why: "Read as octal, 010 is 8.",
    send: request({ method: "POST", fields: "Content-Length: 003⏎", body: "abc" }),
    allow: either(both(page(200), packet({ body: "abc" })), refused(400)),
    best: either(both(page(200), packet({ vars: { CONTENT_LENGTH: "3" }, body: "abc" })), refused(400)),
  },
  {
    name: "length-with-blanks",
    rule: "Blanks around the length do not count",
    source: "RFC 9110 section 5.5",
    why: "A worker gets a number that it can not read.",
    send: request({ method: "POST", fields: "Content-Length: \t3 ⏎", body: "abc" }),
    allow: either(both(page(200), packet({ vars: { CONTENT_LENGTH: "3" }, body: "abc" })), refused(400)),
    best: both(page(200), packet({ vars: { CONTENT_LENGTH: "3" }, body: "abc" })),
  },
  {
    name: "in-two-parts",
    rule: "A body that comes with a pause arrives whole",
    source: SOURCE,
    why: "Clients are slower than fronts.",
    send: [request({ method: "POST", fields: "Content-Length: 6⏎", body: "abc" }), "def"],
    pauseMs: 150,
    allow: both(page(200), packet({ vars: { CONTENT_LENGTH: "6" }, body: "abcdef" })),
  },
  {
    name: "then-the-next-request",
    rule: "A body ends at its length, and the next request begins there",
    source: LENGTH,
    why: "A byte too many or too few, and requests are mixed.",
    send: `${request({ method: "POST", fields: "Content-Length: 3⏎", body: "abc" })}${request({ token: "S" })}`,
    methods: ["POST", "GET"],
    allow: both(pagesUntilClosed("{T}", "{S}"), packet({ body: "abc" })),
  },
  {
    name: "expect-continue",
    rule: "Expect: 100-continue is answered before the body, or the body is read all the same",
    source: "RFC 9110 section 10.1.1",
    why: "The client waits for the word.",
    send: [request({ method: "POST", fields: "Expect: 100-continue⏎Content-Length: 3⏎" }), "abc"],
    pauseMs: 1000,
    allow: both(page(200), packet({ body: "abc" })),
    best: both(
      page(200),
      packet({ body: "abc" }),
      that("100 before the body", ({ interim }) => (interim[0]?.status === 100 ? undefined : "no 100")),
    ),
  },
  {
    name: "expect-continue-in-http-1.0",
    rule: "A client of HTTP/1.0 gets no 100",
    source: "RFC 9110 section 10.1.1",
    why: "It takes it for the answer.",
    send: request({
      method: "POST",
      version: "HTTP/1.0",
      fields: "Expect: 100-continue⏎Content-Length: 3⏎",
      body: "abc",
    }),
    allow: both(
      page(200),
      packet({ body: "abc" }),
      that("no 100", ({ interim }) => (interim.length === 0 ? undefined : "a 100")),
    ),
  },
  {
    name: "expect-continue-without-body",
    rule: "Expect: 100-continue on a request without a body changes nothing",
    source: "RFC 9110 section 10.1.1",
    why: "A front that waits for a body swallows the next request.",
    send: `${request({ fields: "Expect: 100-continue⏎" })}${request({ token: "S" })}`,
    methods: ["GET", "GET"],
    allow: either(pagesUntilClosed("{T}", "{S}"), refused(400, 417)),
  },
  {
    name: "expect-something-else",
    rule: "An expectation nobody knows is refused with 417, or ignored; the body is no request",
    source: "RFC 9110 section 10.1.1",
    why: "The body that follows a refusal would be read as a request.",
    send: request({ method: "POST", fields: "Expect: foo⏎Content-Length: 3⏎", body: "abc" }),
    allow: either(refused(417, 400), both(page(200), packet({ body: "abc" }))),
  },
  {
    name: "cut-short",
    rule: "A body that ends before its length never reaches the worker as whole",
    source: "RFC 9112 section 8",
    why: "Half a file is stored for a whole one.",
    send: request({ method: "POST", fields: "Content-Length: 10⏎", body: "abc" }),
    leaves: "fin",
    allow: noWholeBody,
  },
];

/** Request bodies of known length. */
export const bodyCases: readonly FrontCase[] = frontCases("body", rows);
