import { type HttpCase, type HttpCases, post, refused, served } from "./http-case.ts";

const SERVED = {
  method: "POST",
  body: "abc",
  vars: { CONTENT_LENGTH: "3", HTTP_TRANSFER_ENCODING: undefined },
} as const;

const chunked = (body: string): string => post("Transfer-Encoding: chunked\r\n", body);

const SIZES: readonly HttpCase[] = [
  ...[
    ["a negative size", "-3"],
    ["a size with a sign", "+3"],
    ["a size with 0x", "0x3"],
    ["a size with an underscore", "0_3"],
    ["a size with a space before it", " 3"],
    ["a size that is no number", "zz"],
    ["an empty size", ""],
    ["a size of 17 digits", "10000000000000003"],
  ].map(([what = "", size = ""]): HttpCase => refused(what, 400, chunked(`${size}\r\nabc\r\n0\r\n\r\n`))),
  served("40 zeros before a size", chunked(`${"0".repeat(40)}3\r\nabc\r\n0\r\n\r\n`), SERVED),
  served("sizes in upper and lower case", chunked("A\r\n0123456789\r\n0a\r\n9876543210\r\n0\r\n\r\n"), {
    method: "POST",
    body: "01234567899876543210",
    vars: { CONTENT_LENGTH: "20" },
  }),
  served("three chunks", chunked("1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n"), SERVED),
  served("a last chunk of many zeros", chunked("3\r\nabc\r\n000\r\n\r\n"), SERVED),
  served("no chunk but the last", chunked("0\r\n\r\n"), {
    method: "POST",
    body: "",
    vars: { CONTENT_LENGTH: "0" },
  }),
];

const ENDS: readonly HttpCase[] = [
  refused("LF behind a size", 400, chunked("3\nabc\r\n0\r\n\r\n")),
  refused("CR behind a size", 400, chunked("3\rabc\r\n0\r\n\r\n")),
  refused("nothing behind the data of a chunk", 400, chunked("3\r\nabc0\r\n\r\n")),
  refused("LF behind the data of a chunk", 400, chunked("3\r\nabc\n0\r\n\r\n")),
  refused("two other bytes behind the data of a chunk", 400, chunked("3\r\nabcXX0\r\n\r\n")),
  refused("LFs behind the last chunk", 400, chunked("3\r\nabc\r\n0\n\n")),
  refused("CR and a letter behind the last chunk", 400, chunked("3\r\nabc\r\n0\r\n\rX")),
  {
    what: "a client that leaves inside a chunk",
    send: chunked("10\r\nabc"),
    answers: [400],
    connection: "closed",
    served: [],
    leaves: true,
  },
  {
    what: "a client that leaves before the last chunk",
    send: chunked("3\r\nabc\r\n"),
    answers: [400],
    connection: "closed",
    served: [],
    leaves: true,
  },
  {
    what: "a client that leaves inside the last chunk",
    send: chunked("3\r\nabc\r\n0\r\n"),
    answers: [400],
    connection: "closed",
    served: [],
    leaves: true,
  },
];

const EXTENSIONS: readonly HttpCase[] = [
  served("an extension", chunked("3;a=b\r\nabc\r\n0;c\r\n\r\n"), SERVED),
  served("an extension in quotes", chunked('3;a="b;c"\r\nabc\r\n0\r\n\r\n'), SERVED),
  served("20 extensions of 200 bytes", chunked(`${`1;${"a".repeat(200)}\r\nx\r\n`.repeat(20)}0\r\n\r\n`), {
    method: "POST",
    body: "x".repeat(20),
    vars: { CONTENT_LENGTH: "20" },
  }),
  refused("an extension above 16 KiB", 413, chunked(`3;${"a".repeat(17_000)}\r\nabc\r\n0\r\n\r\n`)),
  refused("CR in an extension", 400, chunked("3;a\rb\r\nabc\r\n0\r\n\r\n")),
  refused("LF in an extension", 400, chunked("3;a\nb\r\nabc\r\n0\r\n\r\n")),
  refused("a line end in a quoted extension", 400, chunked('3;a="\r\nabc\r\n0\r\n\r\n')),
];

const TRAILERS: readonly HttpCase[] = [
  served("a trailer, which is dropped", chunked("3\r\nabc\r\n0\r\nX-T: 1\r\n\r\n"), {
    ...SERVED,
    vars: { HTTP_X_T: undefined },
  }),
  served("a trailer with a name of ours", chunked("3\r\nabc\r\n0\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n"), {
    ...SERVED,
    vars: { HTTP_X_FORWARDED_FOR: "127.0.0.1" },
  }),
  refused(
    "Transfer-Encoding as a trailer",
    400,
    chunked("3\r\nabc\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n"),
  ),
  refused("Content-Length as a trailer", 400, chunked("3\r\nabc\r\n0\r\nContent-Length: 3\r\n\r\n")),
  refused("a trailer with a space in its name", 400, chunked("3\r\nabc\r\n0\r\nX A: 1\r\n\r\n")),
  refused("a folded trailer", 400, chunked("3\r\nabc\r\n0\r\nX-T: 1\r\n 2\r\n\r\n")),
  refused(
    "20 KB of trailers",
    431,
    chunked(
      `3\r\nabc\r\n0\r\n${Array.from({ length: 20 }, (_, index) => `X-${index}: ${"y".repeat(1000)}\r\n`).join("")}\r\n`,
    ),
  ),
];

/** Bodies in chunks. */
export const CHUNK_CASES: HttpCases = {
  "Sizes of chunks": SIZES,
  "Ends of chunks": ENDS,
  "Extensions of chunks": EXTENSIONS,
  Trailers: TRAILERS,
};
