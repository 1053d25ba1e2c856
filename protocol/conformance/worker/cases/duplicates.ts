import { spec } from "../../sources.ts";
import { check, either, errorStatus, ok, refused } from "../checks.ts";
import { jsonHas } from "../json-checks.ts";
import type { RequestShape } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const RULE = spec("3.2");
const TWO_READERS =
  "Where two parts of a system choose differently, what one of them checked is not what the other one does.";

function twice(name: string, first: string, second: string): RequestShape {
  return {
    path: "/env",
    vars: { [name]: undefined },
    more: [
      [name, first],
      [name, second],
    ],
  };
}

const singletons: readonly ExchangeRow[] = (
  [
    ["HTTP_HOST", "a.test", "b.test"],
    ["HTTP_AUTHORIZATION", "Basic YQ==", "Basic Yg=="],
    ["HTTP_USER_AGENT", "one/1", "two/2"],
    ["HTTP_REFERER", "http://a.test/", "http://b.test/"],
    ["HTTP_IF_MODIFIED_SINCE", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 02 Jan 1970 00:00:00 GMT"],
    ["REMOTE_USER", "alice", "bob"],
    ["REMOTE_ADDR", "203.0.113.7", "203.0.113.8"],
    ["QUERY_STRING", "a=1", "b=2"],
    ["SERVER_NAME", "a.test", "b.test"],
  ] as const
).map(
  ([name, first, second]): ExchangeRow => ({
    name: `${name.toLowerCase().replaceAll("_", "-")}-twice`,
    level: name.startsWith("HTTP_") ? "SHOULD" : "MUST",
    rule: `Of two ${name} the last counts, or the request is refused; they are not joined`,
    source: RULE,
    why: `A joined ${name} is a value that nobody sent. ${TWO_READERS}`,
    send: twice(name, first, second),
    allow: either(jsonHas({ [name]: second }), refused),
  }),
);

export const duplicateCases: readonly WorkerCase[] = exchangeCases("duplicates", [
  ...singletons,
  {
    name: "cookie-joined",
    level: "SHOULD",
    rule: "Two HTTP_COOKIE are joined with a semicolon and a space",
    source: RULE,
    why: "nginx before 1.23 sends one var per line. Who takes the last loses a session.",
    send: twice("HTTP_COOKIE", "a=1", "b=2"),
    allow: jsonHas({ HTTP_COOKIE: "a=1; b=2" }),
  },
  {
    name: "cookie-three",
    level: "SHOULD",
    rule: "Three HTTP_COOKIE are joined in their order",
    source: RULE,
    why: "As two.",
    send: {
      path: "/env",
      more: [
        ["HTTP_COOKIE", "a=1"],
        ["HTTP_COOKIE", "b=2"],
        ["HTTP_COOKIE", "c=3"],
      ],
    },
    allow: jsonHas({ HTTP_COOKIE: "a=1; b=2; c=3" }),
  },
  {
    name: "list-field-joined",
    level: "SHOULD",
    rule: "Two HTTP_X_FORWARDED_FOR are joined with a comma and a space",
    source: RULE,
    why: "RFC 9110 section 5.3: lines of one field are one list. Who takes the last forgets a hop.",
    send: twice("HTTP_X_FORWARDED_FOR", "198.51.100.1", "198.51.100.2"),
    allow: jsonHas({ HTTP_X_FORWARDED_FOR: "198.51.100.1, 198.51.100.2" }),
  },
  {
    name: "accept-joined",
    level: "SHOULD",
    rule: "Two HTTP_ACCEPT are joined with a comma and a space",
    source: RULE,
    why: "RFC 9110 section 5.3: lines of one field are one list.",
    send: twice("HTTP_ACCEPT", "text/html", "text/plain"),
    allow: jsonHas({ HTTP_ACCEPT: "text/html, text/plain" }),
  },
  {
    name: "equal-pairs",
    rule: "The same pair twice is served or refused",
    source: RULE,
    why: "A configuration that includes a file of params twice sends it.",
    send: twice("SERVER_PORT", "80", "80"),
    allow: either(jsonHas({ SERVER_PORT: "80" }), refused),
  },
  {
    name: "content-length-differs",
    level: "SHOULD",
    rule: "Two different CONTENT_LENGTH are refused with 400",
    source: RULE,
    why: `The bytes between the two ends are read by one and not by the other. ${TWO_READERS}`,
    send: { path: "/read", body: "abcde", vars: { CONTENT_LENGTH: "3" }, more: [["CONTENT_LENGTH", "5"]] },
    allow: errorStatus(400, 400),
  },
  {
    name: "content-length-equal",
    rule: "Two equal CONTENT_LENGTH are one length, or refused",
    source: RULE,
    why: "They say the same.",
    send: { path: "/read", body: "abc", more: [["CONTENT_LENGTH", "3"]] },
    allow: either(ok("abc"), refused),
  },
  {
    name: "content-length-never-joined",
    rule: "Two CONTENT_LENGTH never become one value with a comma",
    source: RULE,
    why: "An application that reads it gets a number or nothing.",
    send: { path: "/env", body: "abc", more: [["CONTENT_LENGTH", "3"]] },
    allow: either(jsonHas({ CONTENT_LENGTH: "3" }), refused),
  },
  {
    name: "method-twice",
    rule: "Of two REQUEST_METHOD the last counts, or the request is refused",
    source: RULE,
    why: TWO_READERS,
    send: { path: "/env", vars: { REQUEST_METHOD: "GET" }, more: [["REQUEST_METHOD", "DELETE"]] },
    allow: either(jsonHas({ REQUEST_METHOD: "DELETE" }), refused),
  },
  {
    name: "path-twice",
    rule: "Of two PATH_INFO one counts for routing and for the application alike",
    source: RULE,
    why: TWO_READERS,
    send: { path: "/hello", more: [["PATH_INFO", "/env/last"]] },
    allow: either(jsonHas({ PATH_INFO: "/env/last" }), refused),
    routes: ["env", "hello"],
  },
  {
    name: "empty-then-value",
    level: "SHOULD",
    rule: "An empty CONTENT_LENGTH beside a number does not hide it",
    source: RULE,
    why: "Empty means absent: nginx sends it for a request without a body, a param of the operator's may follow.",
    send: { path: "/read", body: "abc", vars: { CONTENT_LENGTH: "" }, more: [["CONTENT_LENGTH", "3"]] },
    allow: either(ok("abc"), refused),
  },
  {
    name: "no-second-request",
    rule: "Duplicates do not make a second response",
    source: spec("1"),
    why: "One connection, one request, one response.",
    send: {
      path: "/hello",
      more: [
        ["PATH_INFO", "/hello"],
        ["REQUEST_URI", "/hello"],
      ],
    },
    allow: either(
      check("one response", (answer) => answer.text === "hello"),
      refused,
    ),
  },
]);
