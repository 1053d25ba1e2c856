import { pep3333, spec } from "../../sources.ts";
import { all, bodyIs, check, either, errorStatus, field, refused, status } from "../checks.ts";
import { jsonHas } from "../json-checks.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const VALUES = spec("3.3");
const LATIN1 = pep3333("Unicode Issues");
const NO_CHARSET =
  "Values are bytes without a charset: a byte is a character from U+0000 to U+00FF, and nothing is decoded.";
const ALL_BYTES = String.fromCharCode(...Array.from({ length: 256 }, (_, code) => code));
const INJECTION = "Any byte may stand in a value; what goes into HTTP must be checked there.";

const noInjection = check("no field X-Inj in the answer", (answer) => answer.field("X-Inj") === undefined);

const values: readonly ExchangeRow[] = (
  [
    ["utf8-bytes", "c3 a9", "\u00c3\u00a9"],
    ["invalid-utf8", "c3 a9 ff 80", "\u00c3\u00a9\u00ff\u0080"],
    ["lone-high-byte", "fe", "\u00fe"],
    ["tab", "a tab", "a\tb"],
    ["delete", "7f", "a\x7fb"],
    ["spaces-kept", "spaces at both ends", " a "],
  ] as const
).map(
  ([name, what, value]): ExchangeRow => ({
    name: `value-${name}`,
    rule: `A value with ${what} arrives byte for byte`,
    source: LATIN1,
    why: NO_CHARSET,
    send: { path: "/env", vars: { HTTP_X_B: value } },
    allow: jsonHas({ HTTP_X_B: value }),
  }),
);

const rawBytes: readonly ExchangeRow[] = (
  [
    ["crlf", "CR LF", "a\r\nX-Inj: 1"],
    ["nul", "a NUL", "a\0b"],
    ["folded", "a folded line, as the http router sends it", "a\r\n b"],
    ["all-bytes", "each of the 256 bytes", ALL_BYTES],
  ] as const
).map(
  ([name, what, value]): ExchangeRow => ({
    name: `value-${name}`,
    rule: `A value with ${what} arrives byte for byte or is refused`,
    source: VALUES,
    why: INJECTION,
    send: { path: "/env", vars: { HTTP_X_B: value } },
    allow: either(jsonHas({ HTTP_X_B: value }), refused),
  }),
);

export const encodingCases: readonly WorkerCase[] = exchangeCases("encoding", [
  ...values,
  ...rawBytes,
  {
    name: "path-invalid-utf8",
    rule: "A PATH_INFO that is no UTF-8 reaches the application byte for byte",
    source: LATIN1,
    why: NO_CHARSET,
    send: { path: "/env", vars: { PATH_INFO: "/env/\u00c3(", REQUEST_URI: "/env/%C3(" } },
    allow: jsonHas({ PATH_INFO: "/env/\u00c3(" }),
  },
  {
    name: "path-not-decoded-again",
    rule: "PATH_INFO is not percent-decoded a second time",
    source: spec("9"),
    why: "The front has decoded it. Decoding again turns %2e%2e that somebody wrote into dots that nobody checked.",
    send: { path: "/env", vars: { PATH_INFO: "/env/%2e%2e/%41", REQUEST_URI: "/env/%252e%252e/%2541" } },
    allow: jsonHas({ PATH_INFO: "/env/%2e%2e/%41" }),
  },
  {
    name: "path-dots",
    rule: "Dot segments in PATH_INFO reach the application or are refused",
    source: spec("3.5"),
    why: "The http router does not resolve them. A worker that resolves them serves another page than was asked for.",
    send: { path: "/env", vars: { PATH_INFO: "/env/../../etc/passwd" } },
    allow: either(jsonHas({ PATH_INFO: "/env/../../etc/passwd" }), refused, status(404)),
  },
  {
    name: "path-double-slash",
    level: "SHOULD",
    rule: "Double slashes in PATH_INFO stay",
    source: spec("3.5"),
    why: "nginx and Apache merge them, the http router does not: what arrives is what the front meant.",
    send: { path: "/env", vars: { PATH_INFO: "/env//a" } },
    allow: jsonHas({ PATH_INFO: "/env//a" }),
  },
  {
    name: "query-raw",
    rule: "QUERY_STRING is not decoded",
    source: pep3333("environ Variables"),
    why: "It is the application that knows where its parameters end.",
    send: { path: "/env", vars: { QUERY_STRING: "a=%26&b=%C3%A9+c&%zz" } },
    allow: jsonHas({ QUERY_STRING: "a=%26&b=%C3%A9+c&%zz" }),
  },
  {
    name: "protocol-crlf",
    rule: "CR LF in SERVER_PROTOCOL does not reach the status line",
    source: spec("11"),
    why: "uWSGI copies the value into its status line: a field of the sender's making.",
    send: { path: "/env", vars: { SERVER_PROTOCOL: "HTTP/1.1\r\nX-Inj: y" } },
    allow: all(noInjection, either(jsonHas({ PATH_INFO: "/env" }), refused)),
  },
  {
    name: "method-crlf",
    rule: "CR LF in REQUEST_METHOD injects nothing",
    source: spec("11"),
    why: INJECTION,
    send: { path: "/env", vars: { REQUEST_METHOD: "GET\r\nX-Inj: y" } },
    allow: all(noInjection, either(jsonHas({ PATH_INFO: "/env" }), refused)),
  },
  {
    name: "method-crlf-refused",
    level: "SHOULD",
    rule: "A REQUEST_METHOD with CR LF is refused with 400",
    source: spec("11"),
    why: "It is no token, so it is no method.",
    send: { path: "/hello", vars: { REQUEST_METHOD: "GET\r\nX-Inj: y" } },
    allow: errorStatus(400, 400),
  },
  {
    name: "host-crlf",
    rule: "CR LF in HTTP_HOST injects nothing",
    source: spec("11"),
    why: INJECTION,
    send: { path: "/env", vars: { HTTP_HOST: "a\r\nX-Inj: y" } },
    allow: all(noInjection, either(jsonHas({ HTTP_HOST: "a\r\nX-Inj: y" }), refused)),
  },
  {
    name: "response-field-latin1",
    rule: "A response field with the byte e9 is sent as that byte",
    source: LATIN1,
    why: NO_CHARSET,
    send: { path: "/field-latin1" },
    allow: all(status(200), field("X-L", "caf\u00e9")),
  },
  {
    name: "response-reason-latin1",
    rule: "A reason with the byte e9 is sent as that byte",
    source: LATIN1,
    why: NO_CHARSET,
    send: { path: "/reason-latin1" },
    allow: check("the reason Caf\\xe9", (answer) => answer.statusLine.endsWith(" 200 Caf\u00e9")),
  },
  {
    name: "response-body-all-bytes",
    rule: "A body of every byte, CR LF and CR included, arrives byte for byte",
    source: spec("5.4"),
    why: "The body is not text.",
    send: { path: "/bytes" },
    allow: all(status(200), bodyIs(`${ALL_BYTES}\r\n\n\r`)),
  },
  {
    name: "request-body-all-bytes",
    rule: "A request body of every byte arrives byte for byte",
    source: spec("4.1"),
    why: "The body is not text.",
    send: { path: "/read", body: `${ALL_BYTES}\r\n\n\r${ALL_BYTES}` },
    allow: all(status(200), bodyIs(`${ALL_BYTES}\r\n\n\r${ALL_BYTES}`)),
  },
]);
