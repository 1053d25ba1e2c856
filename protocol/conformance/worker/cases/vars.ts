import { pep3333, spec } from "../../sources.ts";
import { all, check, errorStatus, ok, refused } from "../checks.ts";
import { jsonHas } from "../json-checks.ts";
import type { RequestShape } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const REQUEST = spec("3.5");
const ENVIRON = pep3333("environ Variables");
const SPARSE =
  "No var is required by the format, and fronts can be configured to send next to nothing. A server copes.";

function without(...names: readonly string[]): RequestShape {
  return { path: "/env", vars: Object.fromEntries(names.map((name) => [name, undefined])) };
}

const served = jsonHas({ REQUEST_METHOD: "GET", PATH_INFO: "/env" });

const present = (name: string): ReturnType<typeof check> =>
  check(
    `${name} in the environ`,
    (answer) => answer.text.includes(`"${name}"`),
    () => `no ${name}`,
  );

const missing: readonly ExchangeRow[] = [
  {
    name: "no-query-string",
    rule: "A request without QUERY_STRING is served",
    source: REQUEST,
    why: SPARSE,
    send: without("QUERY_STRING"),
    allow: served,
  },
  {
    name: "no-query-string-filled-in",
    level: "SHOULD",
    rule: "QUERY_STRING is there, if only empty",
    source: ENVIRON,
    why: "The interface lets it be absent, and applications read it unasked.",
    send: without("QUERY_STRING"),
    allow: jsonHas({ QUERY_STRING: "" }),
  },
  {
    name: "no-script-name",
    rule: "A request without SCRIPT_NAME is served",
    source: REQUEST,
    why: "nginx never sends it.",
    send: without("SCRIPT_NAME"),
    allow: served,
  },
  {
    name: "no-script-name-filled-in",
    level: "SHOULD",
    rule: "SCRIPT_NAME is there, if only empty",
    source: ENVIRON,
    why: "Frameworks build links from it.",
    send: without("SCRIPT_NAME"),
    allow: jsonHas({ SCRIPT_NAME: "" }),
  },
  {
    name: "no-server-protocol",
    rule: "A request without SERVER_PROTOCOL is served",
    source: REQUEST,
    why: SPARSE,
    send: without("SERVER_PROTOCOL"),
    allow: served,
  },
  {
    name: "no-host",
    rule: "A request without HTTP_HOST is served",
    source: REQUEST,
    why: "HTTP/1.0 clients and health checks send none.",
    send: without("HTTP_HOST"),
    allow: served,
  },
  {
    name: "no-remote-addr",
    rule: "A request without REMOTE_ADDR is served",
    source: REQUEST,
    why: "Fronts on Unix sockets know none.",
    send: without("REMOTE_ADDR"),
    allow: served,
  },
  {
    name: "no-request-uri",
    rule: "A request without REQUEST_URI is served from PATH_INFO",
    source: REQUEST,
    why: "Caddy's module does not send it.",
    send: { path: "/hello", vars: { REQUEST_URI: undefined } },
    allow: ok("hello"),
  },
  {
    name: "no-path",
    rule: "A request without PATH_INFO and REQUEST_URI is served with an empty path, for which the contract app has no page, or refused",
    source: REQUEST,
    why: SPARSE,
    send: without("PATH_INFO", "REQUEST_URI"),
    allow: refused,
  },
  {
    name: "no-server-name",
    rule: "SERVER_NAME is in the environ even when the front sent none",
    source: ENVIRON,
    why: "It can never be empty, says the interface; without Host it is the only name there is.",
    send: without("SERVER_NAME", "HTTP_HOST"),
    allow: all(served, present("SERVER_NAME")),
  },
  {
    name: "no-server-port",
    level: "SHOULD",
    rule: "SERVER_PORT is in the environ even when the front sent none",
    source: ENVIRON,
    why: "Applications build links from it.",
    send: without("SERVER_PORT"),
    allow: all(served, present("SERVER_PORT")),
  },
  {
    name: "empty-server-name",
    level: "SHOULD",
    rule: "An empty SERVER_NAME is filled in",
    source: ENVIRON,
    why: "nginx without a server_name sends it empty.",
    send: { path: "/env", vars: { SERVER_NAME: "" } },
    allow: all(
      served,
      present("SERVER_NAME"),
      check(
        "a SERVER_NAME that is not empty",
        (answer) => !/"SERVER_NAME": ?""/.test(answer.text),
        () => "an empty SERVER_NAME",
      ),
    ),
  },
  {
    name: "no-method",
    level: "SHOULD",
    rule: "A request without REQUEST_METHOD is refused with 400",
    source: REQUEST,
    why: "Whether it was harmless is not known any more.",
    send: { path: "/hello", vars: { REQUEST_METHOD: undefined } },
    allow: errorStatus(400, 400),
  },
  {
    name: "empty-method",
    level: "SHOULD",
    rule: "A request with an empty REQUEST_METHOD is refused with 400",
    source: REQUEST,
    why: "As without one.",
    send: { path: "/hello", vars: { REQUEST_METHOD: "" } },
    allow: errorStatus(400, 400),
  },
];

export const varCases: readonly WorkerCase[] = exchangeCases("vars", missing);
