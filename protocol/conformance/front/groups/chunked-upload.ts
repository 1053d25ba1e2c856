import { dropped, page, pagesUntilClosed, refused } from "../answer-expectations.ts";
import { both, type Expectation, either, that } from "../expectation.ts";
import { type FrontCase, type FrontRow, frontCases } from "../front-case.ts";
import { nothingSmuggled, noWholeBody, packet } from "../packet-expectations.ts";
import { request } from "../template.ts";

const CHUNKS = "RFC 9112 section 7.1";
const PACKET = "protocol/README.md section 4.1";
const DISAGREE = "A worker behind reads another body than the front, and the rest of it as the next request.";

const decoded: Expectation = both(page(200), packet({ vars: { CONTENT_LENGTH: "3" }, body: "abc" }));
/** 411: the front takes no bodies of unknown length, and says so. */
const noChunks: Expectation = refused(411, 501);

function upload(chunks: string, fields = ""): string {
  return request({ method: "POST", fields: `Transfer-Encoding: chunked⏎${fields}`, body: chunks });
}

interface GoodRow {
  readonly name: string;
  readonly rule: string;
  readonly send: string | readonly string[];
  readonly body?: string;
  readonly pauseMs?: number;
}

const GOOD: readonly GoodRow[] = [
  {
    name: "one-chunk",
    rule: "A chunk is taken out of its framing, and its length is CONTENT_LENGTH",
    send: upload("3⏎abc⏎0⏎⏎"),
  },
  { name: "three-chunks", rule: "The data of all chunks is one body", send: upload("1⏎a⏎1⏎b⏎1⏎c⏎0⏎⏎") },
  { name: "no-data", rule: "A last chunk alone is an empty body", send: upload("0⏎⏎"), body: "" },
  {
    name: "upper-case-size",
    rule: "Sizes are hexadecimal in any case",
    send: upload(`A⏎0123456789⏎0a⏎9876543210⏎0⏎⏎`),
    body: "01234567899876543210",
  },
  {
    name: "mixed-case-coding",
    rule: "The name chunked is read in any case",
    send: request({ method: "POST", fields: "Transfer-Encoding: ChUnKeD⏎", body: "3⏎abc⏎0⏎⏎" }),
  },
  { name: "extension", rule: "An extension of a chunk is skipped", send: upload("3;a=b⏎abc⏎0;c⏎⏎") },
  {
    name: "trailer",
    rule: "Trailers do not become fields of the request",
    send: upload("3⏎abc⏎0⏎X-T: 1⏎⏎", "X-A: 1⏎"),
  },
  {
    name: "data-that-looks-like-a-chunk",
    rule: "Data is data, whatever it looks like",
    send: upload("10⏎0⏎⏎GET / HTTP/⏎0⏎⏎"),
    body: "0⏎⏎GET / HTTP/",
  },
  {
    name: "with-pause",
    rule: "Chunks that come with a pause are one body",
    send: [upload("3⏎ab"), "c⏎0⏎⏎"],
    pauseMs: 150,
  },
  {
    name: "of-100000-bytes",
    rule: "A long body in chunks arrives whole",
    send: upload(`186A0⏎${"x".repeat(100_000)}⏎0⏎⏎`),
    body: "x".repeat(100_000),
  },
  {
    name: "on-get",
    rule: "A GET may have a body in chunks",
    send: request({ fields: "Transfer-Encoding: chunked⏎", body: "3⏎abc⏎0⏎⏎" }),
  },
];

const good: readonly FrontRow[] = GOOD.map(
  ({ name, rule, send, body = "abc", pauseMs }): FrontRow => ({
    name,
    rule,
    source: PACKET,
    why: "The uwsgi protocol has no chunks: a worker sees a body by its length, or none.",
    send,
    ...(pauseMs === undefined ? {} : { pauseMs }),
    allow: either(both(page(200), packet({ body })), name === "on-get" ? refused(400, 411, 501) : noChunks),
  }),
);

const rules: readonly FrontRow[] = [
  {
    name: "accepted",
    level: "SHOULD",
    rule: "A body in chunks is served",
    source: CHUNKS,
    why: "Clients that stream have no other way.",
    send: upload("3⏎abc⏎0⏎⏎"),
    allow: decoded,
  },
  {
    name: "no-coding-var",
    level: "SHOULD",
    rule: "HTTP_TRANSFER_ENCODING is not sent with a body that is not chunked any more",
    source: PACKET,
    why: "Frameworks take the chunks off a second time, or find no body.",
    send: upload("3⏎abc⏎0⏎⏎"),
    allow: either(both(decoded, packet({ vars: { HTTP_TRANSFER_ENCODING: undefined } })), noChunks),
  },
  {
    name: "trailer-is-no-field",
    rule: "A trailer never replaces a field",
    source: "RFC 9110 section 6.5.1",
    why: "Who checks the head does not see it.",
    send: upload("3⏎abc⏎0⏎Authorization: evil⏎X-A: evil⏎⏎", "X-A: 1⏎"),
    allow: either(
      both(page(200), packet({ vars: { HTTP_X_A: "1", HTTP_AUTHORIZATION: undefined }, body: "abc" })),
      noChunks,
      refused(400),
    ),
  },
  {
    name: "then-the-next-request",
    rule: "The body ends with its last chunk, and the next request begins there",
    source: CHUNKS,
    why: "A byte too many or too few, and requests are mixed.",
    send: `${upload("3⏎abc⏎0⏎⏎")}${request({ token: "S" })}`,
    methods: ["POST", "GET"],
    allow: either(
      both(pagesUntilClosed("{T}", "{S}"), packet({ body: "abc" })),
      that("411 and the end, or the next answer", ({ answers }) =>
        answers[0]?.status === 411 ? undefined : "neither",
      ),
    ),
  },
  {
    name: "long-extensions",
    rule: "Extensions of 4000 bytes are skipped, or refused",
    source: CHUNKS,
    why: "They cost a client nothing, and a front its time.",
    send: upload(`${`1;${"e".repeat(200)}⏎x⏎`.repeat(20)}0⏎⏎`),
    allow: either(both(page(200), packet({ body: "x".repeat(20) })), refused(400, 411, 413, 501)),
  },
  {
    name: "long-trailers",
    rule: "Trailers of 20 000 bytes are dropped, or refused",
    source: CHUNKS,
    why: "They cost a client nothing, and a front its memory.",
    send: upload(`3⏎abc⏎0⏎${`X-T: ${"t".repeat(993)}⏎`.repeat(20)}⏎`),
    allow: either(decoded, refused(400, 411, 413, 431, 501), dropped),
  },
  {
    name: "in-http-1.0",
    rule: "Chunks in HTTP/1.0 are refused, or read; what follows is no second request",
    source: "RFC 9112 section 6.1",
    why: DISAGREE,
    send: `${request({ method: "POST", version: "HTTP/1.0", fields: "Transfer-Encoding: chunked⏎", body: "3⏎abc⏎0⏎⏎" })}${request({ token: "S" })}`,
    allow: both(either(decoded, refused(400, 411, 501)), nothingSmuggled),
    best: refused(400, 411, 501),
  },
  {
    name: "ended-inside-a-chunk",
    rule: "A body that ends inside a chunk never reaches the worker as whole",
    source: "RFC 9112 section 8",
    why: "Half a file is stored for a whole one.",
    send: upload("a⏎abc"),
    leaves: "fin",
    allow: noWholeBody,
  },
  {
    name: "ended-before-the-last-chunk",
    rule: "A body without its last chunk never reaches the worker as whole",
    source: "RFC 9112 section 8",
    why: "Half a file is stored for a whole one.",
    send: upload("3⏎abc⏎"),
    leaves: "fin",
    allow: noWholeBody,
  },
];

const BROKEN: readonly (readonly [name: string, chunks: string, rule: string])[] = [
  ["negative-size", "-3⏎abc⏎0⏎⏎", "A size is hexadecimal digits and nothing else"],
  ["signed-size", "+3⏎abc⏎0⏎⏎", "A size is hexadecimal digits and nothing else"],
  ["size-with-prefix", "0x3⏎abc⏎0⏎⏎", "A size is hexadecimal digits and nothing else"],
  ["size-with-underscore", "0_3⏎abc⏎0⏎⏎", "A size is hexadecimal digits and nothing else"],
  ["size-with-letters", "zz⏎abc⏎0⏎⏎", "A size is hexadecimal digits and nothing else"],
  ["empty-size", "⏎abc⏎0⏎⏎", "A size has a digit"],
  ["size-of-17-digits", "10000000000000003⏎abc⏎0⏎⏎", "A size that does not fit a number is refused"],
  ["no-line-end-behind-data", "3⏎abc0⏎⏎", "The data of a chunk ends in CRLF"],
  ["other-bytes-behind-data", "3⏎abcXX0⏎⏎", "The data of a chunk ends in CRLF"],
];

const LINE_FEEDS: readonly (readonly [name: string, chunks: string])[] = [
  ["bare-cr-in-extension", "3;a\rb⏎abc⏎0⏎⏎"],
  ["lf-behind-size", "3\nabc⏎0⏎⏎"],
  ["lf-behind-data", "3⏎abc\n0⏎⏎"],
  ["lf-behind-last-chunk", "3⏎abc⏎0\n\n"],
  ["line-break-in-quoted-extension", '3;a="⏎abc⏎0⏎⏎'],
];

const broken: readonly FrontRow[] = [
  ...BROKEN.map(
    ([name, chunks, rule]): FrontRow => ({
      name,
      rule,
      source: CHUNKS,
      why: DISAGREE,
      send: `${upload(chunks)}${request({ token: "S" })}`,
      allow: both(either(refused(400, 411, 413, 501), dropped), nothingSmuggled),
    }),
  ),
  ...LINE_FEEDS.map(
    ([name, chunks]): FrontRow => ({
      name,
      level: "SHOULD",
      rule: "Nothing but CRLF ends a line of chunked framing",
      source: CHUNKS,
      why: DISAGREE,
      send: upload(chunks),
      allow: refused(400, 411, 501),
    }),
  ),
  {
    name: "trailer-with-space-in-name",
    level: "SHOULD",
    rule: "A trailer that is no field is refused",
    source: CHUNKS,
    why: DISAGREE,
    send: upload("3⏎abc⏎0⏎X A: 1⏎⏎"),
    allow: refused(400, 411, 501),
  },
];

/** Request bodies in chunks. */
export const chunkedUploadCases: readonly FrontCase[] = frontCases("chunked-upload", [
  ...good,
  ...rules,
  ...broken,
]);
