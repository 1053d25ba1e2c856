import { failed, passed } from "../../case.ts";
import { pep3333, spec } from "../../sources.ts";
import { all, bodyIs, check, either, errorStatus, ok, refused, status } from "../checks.ts";
import { jsonIs } from "../json-checks.ts";
import { type RequestShape, requestBytes } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, scriptCases, type WorkerCase } from "../worker-case.ts";

const LENGTH = spec("4.1");
const STREAMS = pep3333("Input and Error Streams");
const FILE_LIKE = "Applications and parsers of forms read the stream like a file.";

const reads: readonly ExchangeRow[] = (
  [
    ["read-all", "/read", "hello body", ok("hello body"), "read() gives the whole body"],
    [
      "read-sizes",
      "/read-threes",
      "abcdefgh",
      ok("abc|def|gh"),
      "read(3) gives three bytes at a time, then none",
    ],
    [
      "read-past-end",
      "/read-past",
      "abc",
      jsonIs(["abc", "", ""]),
      "Reads behind the end give nothing and do not wait",
    ],
    ["read-zero", "/read-zero", "abc", jsonIs(["", "abc"]), "read(0) gives nothing and takes nothing"],
    ["read-negative", "/read-negative", "abc", ok("abc"), "read(-1) gives the whole body"],
    [
      "readline",
      "/readline",
      "a\nbc\n\nd",
      jsonIs(["a\n", "bc\n", "\n", "d"]),
      "readline() gives line after line",
    ],
    [
      "readline-size",
      "/readline-four",
      "abcdef\ngh\n",
      jsonIs(["abcd", "ef\n", "gh\n"]),
      "readline(4) gives four bytes of a line at most",
    ],
    ["readlines", "/readlines", "a\nb\nc", jsonIs(["a\n", "b\n", "c"]), "readlines() gives all lines"],
    ["iterate", "/iterate", "x\ny\n", jsonIs(["x\n", "y\n"]), "Iterating gives the lines"],
    [
      "mixed-reads",
      "/read-mixed",
      "line1\nabcdef\nrest",
      jsonIs(["line1\n", "abc", "def\n", "rest"]),
      "Different reads go on where the last one stopped",
    ],
  ] as const
).map(
  ([name, path, body, allow, rule]): ExchangeRow => ({
    name,
    level: name === "read-zero" || name === "readline-size" || name === "read-negative" ? "SHOULD" : "MUST",
    rule,
    source: STREAMS,
    why: FILE_LIKE,
    send: { path, body },
    allow,
  }),
);

/** CONTENT_LENGTH says ten, three bytes come, and the peer closes. */
const short: RequestShape = { path: "/read-short", body: "abc", vars: { CONTENT_LENGTH: "10" } };

const bodies: readonly ExchangeRow[] = [
  {
    name: "no-body",
    rule: "Without CONTENT_LENGTH the input is empty and does not wait",
    source: LENGTH,
    why: "The peer keeps its side open: who reads up to the end of the stream waits for ever.",
    send: { path: "/read" },
    allow: ok(""),
  },
  {
    name: "surplus-dropped",
    rule: "Bytes behind the body are not part of it",
    source: LENGTH,
    why: "They belong to nothing.",
    send: { path: "/read", body: "abc", surplus: "EXTRA" },
    allow: ok("abc"),
  },
  {
    name: "get-with-body",
    rule: "A GET may have a body",
    source: LENGTH,
    why: "The length decides, not the method.",
    send: { path: "/read", body: "search", method: "GET" },
    allow: ok("search"),
  },
  {
    name: "get-surplus-dropped",
    rule: "Bytes behind a request without a body are dropped",
    source: LENGTH,
    why: "They belong to nothing.",
    send: { path: "/read", surplus: "EXTRA" },
    allow: ok(""),
  },
  {
    name: "one-mebibyte",
    rule: "A body of a mebibyte arrives whole",
    source: LENGTH,
    why: "Larger than the buffers on the way.",
    send: { path: "/length", body: { fill: "0123456789abcdef", times: 65_536 } },
    allow: ok("1048576"),
  },
  {
    name: "echo-while-reading",
    rule: "A body of 200 KB can be answered while it is read",
    source: STREAMS,
    why: "An application may answer block by block; nothing may get lost or change places.",
    send: { path: "/echo-blocks", body: { fill: "0123456789", times: 20_000 } },
    allow: all(status(200), bodyIs("0123456789".repeat(20_000))),
  },
  {
    name: "transfer-encoding-with-length",
    rule: "HTTP_TRANSFER_ENCODING beside a CONTENT_LENGTH changes nothing",
    source: LENGTH,
    why: "nginx passes the field on with a body that is not chunked any more.",
    send: { path: "/read", body: "abc", vars: { HTTP_TRANSFER_ENCODING: "chunked" } },
    allow: ok("abc"),
  },
  {
    name: "chunk-framing-as-body",
    rule: "A body that looks chunked is passed as it is when a CONTENT_LENGTH says how long it is",
    source: LENGTH,
    why: "Who decodes it reads another body than the front sent.",
    send: { path: "/read", body: "3\r\nabc\r\n0\r\n\r\n", vars: { HTTP_TRANSFER_ENCODING: "chunked" } },
    allow: ok("3\r\nabc\r\n0\r\n\r\n"),
  },
  {
    name: "chunked-without-length",
    rule: "HTTP_TRANSFER_ENCODING without CONTENT_LENGTH is refused or has an empty body, and never waits",
    source: LENGTH,
    why: "The http router sends this, and by default no body ever: who waits for one waits until a timeout.",
    send: { path: "/read", vars: { HTTP_TRANSFER_ENCODING: "chunked" } },
    allow: either(ok(""), errorStatus(400, 411)),
  },
  {
    name: "prefixed-length",
    rule: "HTTP_CONTENT_LENGTH does not decide the length",
    source: LENGTH,
    why: "Any front that sends all fields with the prefix sends it too.",
    send: { path: "/read", body: "abc", vars: { HTTP_CONTENT_LENGTH: "99" } },
    allow: ok("abc"),
  },
  {
    name: "expect-continue",
    rule: "HTTP_EXPECT makes no 100 Continue",
    source: spec("5.8"),
    why: "nginx passes the field on, and takes a 100 for the response.",
    send: { path: "/read", body: "abc", vars: { HTTP_EXPECT: "100-continue" } },
    allow: all(
      check("one head, and no 100", (answer) => answer.status === 200 && !answer.rawBody.includes("HTTP/")),
      bodyIs("abc"),
    ),
  },
  {
    name: "body-like-a-packet",
    rule: "A body that is itself a packet is a body",
    source: spec("11"),
    why: "uWSGI's persistent socket reads an unread body as the next packet, with vars of the HTTP client's making.",
    send: (token) => {
      const inner = requestBytes({ path: `/call/${token}` }, token).bytes.toString("latin1");
      return requestBytes({ path: "/ignore", body: inner }, token);
    },
    allow: ok("ignored"),
    counts: { expected: "the packet in the body is not served", holds: ({ calls }) => calls === 0 },
    routes: ["ignore", "call"],
  },
  {
    name: "short-body",
    rule: "A body that breaks off is an error to the application, never a whole body",
    source: LENGTH,
    why: "Half an upload that is stored as a whole one is lost data.",
    send: short,
    halfClose: true,
    allow: either(ok("error"), refused),
  },
  {
    name: "short-body-nothing",
    rule: "A body of which nothing came is an error to the application",
    source: LENGTH,
    why: "As half of one.",
    send: (token) => {
      const { bytes } = requestBytes(short, token);
      return { bytes: bytes.subarray(0, -3), method: "POST" };
    },
    halfClose: true,
    allow: either(ok("error"), refused),
    routes: ["read-short"],
  },
];

export const inputCases: readonly WorkerCase[] = [
  ...exchangeCases("input", [...reads, ...bodies]),
  ...scriptCases("input", [
    {
      name: "body-in-parts",
      rule: "A body that comes in parts, with pauses, arrives whole",
      source: LENGTH,
      why: "The http router sends as it receives.",
      routes: ["read"],
      story:
        "Sent: the packet, then a body of ten bytes in three parts, 60 ms apart. Allowed: 200 with the body.",
      run: async (context) => {
        const { bytes, method } = requestBytes({ path: "/read", body: "abcdefghij" }, context.token);
        const conversation = await context.connect(method);
        const heard = conversation.answer();
        const cuts = [0, bytes.length - 10, bytes.length - 7, bytes.length - 2, bytes.length];
        for (const [index, from] of cuts.slice(0, -1).entries()) {
          await conversation.write(context.pieces(bytes.subarray(from, cuts[index + 1])));
          await new Promise((resolve) => setTimeout(resolve, 60));
        }
        const answer = await heard;
        const wanted = ok("abcdefghij");
        const fault = wanted.fault(answer);
        return fault === undefined ? passed("the whole body") : failed(wanted.expected, fault, answer.bytes);
      },
    },
  ]),
];
