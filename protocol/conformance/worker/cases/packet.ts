import { spec } from "../../sources.ts";
import { closedSilently, either, errorStatus, ok, refused } from "../checks.ts";
import { notCalled } from "../counts.ts";
import { type RawPart, rawBlock, rawBytes, rawPacket, requestBytes, type Sent } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const HEADER = spec("2");
const VARS = spec("3.1");
const LOST =
  "The bytes stand for a request that was cut or forged: an application that runs on them runs on guesses.";
const OVERREAD =
  "A reader that looks past the block takes the body, which the HTTP client wrote, for vars, which only the front may write.";

/** The vars of a request that would count, cut into a block: what follows makes it malformed. */
function spoilt(token: string, ...behind: RawPart[]): Sent {
  return rawBlock(goodVars(token), ...behind);
}

function goodVars(token: string): Buffer {
  return requestBytes({ path: `/call/${token}` }, token).bytes.subarray(4);
}

const malformed = { allow: refused, counts: notCalled, routes: ["call"] } as const;

const REFUSED_BLOCKS: readonly ExchangeRow[] = [
  {
    name: "key-past-end",
    rule: "A key length that reaches past the vars block makes the packet malformed",
    source: VARS,
    why: OVERREAD,
    send: (token) => spoilt(token, 500, "abc"),
    ...malformed,
  },
  {
    name: "value-past-end",
    rule: "A value length that reaches past the vars block makes the packet malformed",
    source: VARS,
    why: OVERREAD,
    send: (token) => spoilt(token, 3, "abc", 500, "x"),
    ...malformed,
  },
  {
    name: "value-60000-in-short-block",
    rule: "A value length far past the vars block makes the packet malformed",
    source: VARS,
    why: "A length that is believed before it is compared makes a server wait for, or allocate, what never comes.",
    send: (token) => spoilt(token, 1, "A", 60_000, "x"),
    ...malformed,
  },
  {
    name: "value-into-body",
    rule: "A value does not continue in the bytes behind the vars block",
    source: VARS,
    why: OVERREAD,
    send: (token) => {
      const block = rawBytes(goodVars(token), 1, "A", 3, "bc");
      return rawPacket([0, 0], block.length, block, "d");
    },
    ...malformed,
  },
  {
    name: "value-length-cut",
    rule: "A value length of one byte makes the packet malformed",
    source: VARS,
    why: LOST,
    send: (token) => spoilt(token, 3, "abc", "\x01"),
    ...malformed,
  },
  {
    name: "key-without-value",
    rule: "A key without a value makes the packet malformed",
    source: VARS,
    why: LOST,
    send: (token) => spoilt(token, 3, "abc"),
    ...malformed,
  },
  ...[1, 2, 3].map(
    (count): ExchangeRow => ({
      name: `stray-bytes-${count}`,
      rule: `${count} ${count === 1 ? "byte" : "bytes"} left over behind the last pair makes the packet malformed`,
      source: VARS,
      why: LOST,
      send: (token) => spoilt(token, "\0".repeat(count)),
      ...malformed,
    }),
  ),
  {
    name: "lengths-of-65535",
    rule: "Two lengths of 65535 in a block of four bytes make the packet malformed",
    source: VARS,
    why: LOST,
    send: () => rawBlock(0xffff, 0xffff),
    ...malformed,
  },
  {
    name: "key-length-of-65535",
    rule: "A key length of 65535 in a short block makes the packet malformed",
    source: VARS,
    why: OVERREAD,
    send: (token) => spoilt(token, 0xffff, "ab"),
    ...malformed,
  },
  {
    name: "overlong-key-then-pair",
    rule: "An overlong key is not skipped for the pair behind it",
    source: spec("9"),
    why: "uWSGI 2.0.21 skips the bad length and reads on: a block that one reader refuses and another accepts can carry vars past a filter.",
    send: (token) => rawBlock(0xffff, goodVars(token)),
    ...malformed,
  },
];

const NAMES: readonly ExchangeRow[] = [
  {
    name: "empty-key",
    level: "SHOULD",
    rule: "A key of no bytes makes the packet malformed",
    source: spec("3.4"),
    why: "A pair without a name can mean nothing, and uWSGI refuses it; two readers that differ can be played against each other.",
    send: (token) => spoilt(token, 0, 1, "v"),
    ...malformed,
  },
  {
    name: "empty-key-harmless",
    rule: "A key of no bytes is refused or ignored, and harms nothing",
    source: spec("3.4"),
    why: "gunicorn lets it through. What must not happen is that the pairs around it shift.",
    send: (token) => rawBlock(0, 1, "v", requestBytes({ path: "/hello" }, token).bytes.subarray(4)),
    allow: either(refused, ok("hello")),
  },
];

const OTHERS: readonly ExchangeRow[] = [
  {
    name: "well-formed",
    rule: "A well-formed packet is answered",
    source: VARS,
    why: "What every client sends.",
    send: { path: "/hello" },
    allow: ok("hello"),
  },
  {
    name: "datasize-zero",
    rule: "A packet without vars is no request that could be run",
    source: HEADER,
    why: "It has no method and no path. Closing and an error status are both right; a page is not.",
    send: () => rawPacket([0, 0], 0),
    allow: refused,
  },
  {
    name: "connect-then-close",
    rule: "A connection that closes without a byte is closed without a byte",
    source: HEADER,
    why: "Health checks do it, and Apache when it refuses a request after it has connected. An error page goes to nobody and fills the log.",
    send: () => ({ bytes: Buffer.alloc(0), method: "GET" }),
    halfClose: true,
    allow: closedSilently,
  },
  ...[
    ["http-get", "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"],
    ["http-post", "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc"],
    ["http2-preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"],
    ["tls-hello", `\x16\x03\x01\x00\x05\x01\0\0\x01\x03${"\0".repeat(64)}`],
  ].map(
    ([name = "", bytes = ""]): ExchangeRow => ({
      name,
      rule: "What is no uwsgi at all is refused",
      source: HEADER,
      why: "HTTP clients do connect to uwsgi ports. Their first bytes read as a header announce thousands of bytes that never come: a server that waits for them hangs its peer.",
      send: () => ({ bytes: Buffer.from(bytes, "latin1"), method: "GET" }),
      halfClose: true,
      allow: refused,
    }),
  ),
  {
    name: "http-refused-at-once",
    level: "SHOULD",
    rule: "An HTTP request on a uwsgi port is refused while the peer still waits",
    source: HEADER,
    why: "An HTTP client does not close its side: unless the first four bytes are enough to know, it waits for a timeout.",
    send: () => ({ bytes: Buffer.from("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"), method: "GET" }),
    allow: either(errorStatus(400, 499), closedSilently),
  },
  {
    name: "wrapped-datasize",
    rule: "Vars that a wrapped datasize left outside the block are no vars",
    source: spec("11"),
    why: "A writer that stores a length modulo 65536 makes its last vars the body. They were written by whoever sent the long header.",
    send: (token) => rawPacket([0, 0], 5, 1, "A", 0, goodVars(token)),
    ...malformed,
  },
];

export const packetCases: readonly WorkerCase[] = exchangeCases("packet", [
  ...OTHERS,
  ...REFUSED_BLOCKS,
  ...NAMES,
]);
