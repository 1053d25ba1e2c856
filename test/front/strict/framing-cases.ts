import { HIDDEN, HOST, type HttpCase, type HttpCases, post, refused, served } from "./http-case.ts";

const CHUNKS = "3\r\nabc\r\n0\r\n\r\n";
const SERVED = { method: "POST", body: "abc", vars: { CONTENT_LENGTH: "3" } } as const;

const length = (value: string): string => post(`Content-Length:${value}\r\n`, "abc");

const LENGTHS: readonly HttpCase[] = [
  refused("two equal lengths", 400, post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc")),
  refused("two different lengths", 400, post("Content-Length: 3\r\nContent-Length: 5\r\n", "abcde")),
  ...[
    ["a list of equal lengths", " 3, 3"],
    ["a list of different lengths", " 3, 5"],
    ["a sign", " +3"],
    ["a negative length", " -1"],
    ["a fraction", " 3.0"],
    ["two numbers", " 3 4"],
    ["no digit", ""],
    ["a hexadecimal length", " 0x3"],
    ["an exponent", " 3e0"],
    ["an underscore in a length", " 0_3"],
    ["letters behind a length", " 3abc"],
    ["a vertical tab before a length", " \x0b3"],
    ["a no-break space before a length", " \xa03"],
    ["2^64 + 3", " 18446744073709551619"],
  ].map(([what = "", value = ""]): HttpCase => refused(what, 400, length(value))),
  refused("2^63", 413, length(" 9223372036854775808")),
  refused("2^53 + 1", 413, length(" 9007199254740993")),
  served("zeros before a length", length(" 003"), SERVED),
  served("spaces around a length", length("   3 "), SERVED),
  served("no space before a length", length("3"), SERVED),
  {
    what: "no length and no chunks: no body",
    send: post("", HIDDEN),
    answers: [200, 200],
    connection: "kept",
    served: [{ method: "POST", body: "" }, { uri: "/hidden" }],
  },
  {
    what: "GET with a body",
    send: `GET /x HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc${HIDDEN}`,
    answers: [200, 200],
    connection: "kept",
    served: [{ body: "abc" }, { uri: "/hidden" }],
  },
  {
    what: "a body that is longer than its length",
    send: `${length(" 3")}X\r\n\r\n`,
    answers: [200, 400],
    connection: "closed",
    served: [SERVED],
  },
  {
    what: "a client that leaves inside its body",
    send: post("Content-Length: 3\r\n", "a"),
    answers: [400],
    connection: "closed",
    served: [],
    leaves: true,
  },
];

const coding = (lines: string, body = CHUNKS): string => post(lines, body);

const CODINGS: readonly HttpCase[] = [
  refused(
    "a length and chunks",
    400,
    coding("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", `0\r\n\r\n${HIDDEN}`),
  ),
  refused(
    "chunks and a length",
    400,
    coding("Transfer-Encoding: chunked\r\nContent-Length: 6\r\n", `0\r\n\r\n${HIDDEN}`),
  ),
  refused("gzip", 400, coding("Transfer-Encoding: gzip\r\n", "abc")),
  refused("identity", 400, coding("Transfer-Encoding: identity\r\n", "abc")),
  refused("xchunked", 400, coding("Transfer-Encoding: xchunked\r\n")),
  refused("gzip, chunked", 501, coding("Transfer-Encoding: gzip, chunked\r\n")),
  refused("a comma, chunked", 501, coding("Transfer-Encoding: ,chunked\r\n")),
  refused(
    "gzip and chunked in two lines",
    400,
    coding("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"),
  ),
  refused("chunked, chunked", 400, coding("Transfer-Encoding: chunked, chunked\r\n")),
  refused(
    "chunked in two lines",
    400,
    coding("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
  ),
  refused("chunked, identity", 400, coding("Transfer-Encoding: chunked, identity\r\n")),
  refused("chunked and a comma", 400, coding("Transfer-Encoding: chunked,\r\n")),
  refused("chunked with a parameter", 400, coding("Transfer-Encoding: chunked;a=b\r\n")),
  refused('"chunked"', 400, coding('Transfer-Encoding: "chunked"\r\n')),
  refused("a vertical tab, chunked", 400, coding("Transfer-Encoding: \x0bchunked\r\n")),
  refused(
    "a space before the colon of Transfer-Encoding",
    400,
    coding("Transfer-Encoding : chunked\r\nContent-Length: 3\r\n"),
  ),
  refused("a folded Transfer-Encoding", 400, coding("Transfer-Encoding:\r\n chunked\r\n")),
  refused(
    "chunks in HTTP/1.0",
    400,
    `POST /x HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
  ),
  refused(
    "chunks in HTTP/1.0 that asks to be kept",
    400,
    `POST /x HTTP/1.0\r\n${HOST}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n${CHUNKS}`,
  ),
  served("ChUnKeD", coding("Transfer-Encoding: ChUnKeD\r\n"), SERVED),
  {
    what: "chunks of a GET",
    send: `GET /x HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${CHUNKS}${HIDDEN}`,
    answers: [200, 200],
    connection: "kept",
    served: [{ body: "abc" }, { uri: "/hidden" }],
  },
];

/** Where a body ends. */
export const FRAMING_CASES: HttpCases = { Lengths: LENGTHS, Codings: CODINGS };
