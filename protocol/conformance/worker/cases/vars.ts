import { encodeVars } from "../../../../src/codec/vars.ts";
import { pep3333, spec } from "../../sources.ts";
import { all, check, either, errorStatus, ok, refused, status } from "../checks.ts";
import { jsonHas } from "../json-checks.ts";
import { type RequestShape, rawBlock, requestBytes, requestVars } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const REQUEST = spec("3.5");
const VALUES = spec("3.3");
const NAMES = spec("3.4");
const ENVIRON = pep3333("environ Variables");
const SPARSE =
  "No var is required by the format, and fronts can be configured to send next to nothing. A server copes.";

function without(...names: readonly string[]): RequestShape {
  return { path: "/env", vars: Object.fromEntries(names.map((name) => [name, undefined])) };
}

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
    allow: status(200),
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
    allow: status(200),
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
    allow: status(200),
  },
  {
    name: "no-host",
    rule: "A request without HTTP_HOST is served",
    source: REQUEST,
    why: "HTTP/1.0 clients and health checks send none.",
    send: without("HTTP_HOST"),
    allow: status(200),
  },
  {
    name: "no-remote-addr",
    rule: "A request without REMOTE_ADDR is served",
    source: REQUEST,
    why: "Fronts on Unix sockets know none.",
    send: without("REMOTE_ADDR"),
    allow: status(200),
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
    rule: "A request without PATH_INFO and REQUEST_URI is served with an empty path or refused",
    source: REQUEST,
    why: SPARSE,
    send: without("PATH_INFO", "REQUEST_URI"),
    allow: either(status(404), status(200), refused),
  },
  {
    name: "no-server-name",
    rule: "SERVER_NAME is in the environ even when the front sent none",
    source: ENVIRON,
    why: "It can never be empty, says the interface; without Host it is the only name there is.",
    send: without("SERVER_NAME", "HTTP_HOST"),
    allow: all(status(200), present("SERVER_NAME")),
  },
  {
    name: "no-server-port",
    level: "SHOULD",
    rule: "SERVER_PORT is in the environ even when the front sent none",
    source: ENVIRON,
    why: "Applications build links from it.",
    send: without("SERVER_PORT"),
    allow: all(status(200), present("SERVER_PORT")),
  },
  {
    name: "empty-server-name",
    level: "SHOULD",
    rule: "An empty SERVER_NAME is filled in",
    source: ENVIRON,
    why: "nginx without a server_name sends it empty.",
    send: { path: "/env", vars: { SERVER_NAME: "" } },
    allow: check("a SERVER_NAME that is not empty", (answer) => !/"SERVER_NAME": ?""/.test(answer.text)),
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

const forms: readonly ExchangeRow[] = [
  {
    name: "empty-value",
    rule: "A var with an empty value is there, and empty",
    source: VALUES,
    why: "Empty and absent are different answers to the question whether a field was sent.",
    send: { path: "/env", vars: { HTTP_X_E: "" } },
    allow: jsonHas({ HTTP_X_E: "" }),
  },
  {
    name: "empty-value-last",
    rule: "An empty value at the very end of the block is read",
    source: VALUES,
    why: "A reader that stops when two bytes are left loses the last var.",
    send: { path: "/env", more: [["HTTP_X_LAST", ""]] },
    allow: jsonHas({ HTTP_X_LAST: "" }),
  },
  {
    name: "short-key-last",
    rule: "A last pair of six bytes is read",
    source: spec("3.1"),
    why: "The smallest pair that says something.",
    send: { path: "/env", more: [["Z", "1"]] },
    allow: jsonHas({ Z: "1" }),
  },
  {
    name: "order-reversed",
    rule: "The order of the vars does not matter",
    source: spec("3.1"),
    why: "Apache begins with PATH_INFO, others with the order of a hash table.",
    send: (token) => {
      const vars = [...requestVars({ path: "/hello" }, token)].reverse();
      return rawBlock(encodeVars(vars));
    },
    allow: ok("hello"),
  },
  {
    name: "custom-var",
    rule: "A var of the front's own reaches the application",
    source: NAMES,
    why: "uwsgi_param is how operators pass settings.",
    send: { path: "/env", vars: { MY_SETTING: "on", SSL_CLIENT_VERIFY: "SUCCESS" } },
    allow: jsonHas({ MY_SETTING: "on", SSL_CLIENT_VERIFY: "SUCCESS" }),
  },
  {
    name: "odd-keys",
    rule: "Keys in lower case, with a space or an equals sign are delivered or dropped, and shift nothing",
    source: NAMES,
    why: "Nothing about names is checked by the protocol.",
    send: { path: "/env", vars: { http_x: "1", "A B": "2", "C=D": "3", HTTP_X_AFTER: "4" } },
    allow: jsonHas({ HTTP_X_AFTER: "4" }),
  },
  {
    name: "dotted-header-name",
    level: "SHOULD",
    rule: "HTTP_X.DOT is delivered as it is",
    source: NAMES,
    why: "The http router sends names like that.",
    send: { path: "/env", vars: { "HTTP_X.DOT": "1" } },
    allow: jsonHas({ "HTTP_X.DOT": "1" }),
  },
  {
    name: "nul-in-key",
    rule: "A key with a NUL is delivered whole, dropped or refused, and never cut",
    source: NAMES,
    why: "A name that is cut at the NUL becomes another name: HTTP_X, or REMOTE_USER.",
    send: { path: "/env", vars: { "REMOTE_USER\0X": "root" } },
    allow: either(jsonHas({ REMOTE_USER: undefined }), refused),
  },
  {
    name: "prototype-names",
    rule: "Names that mean something to a programming language are delivered or dropped, and harm nothing",
    source: NAMES,
    why: "An environ that is an ordinary object of its language can be changed through them.",
    send: {
      path: "/hello",
      more: [
        ["__proto__", "1"],
        ["constructor", "2"],
        ["__class__", "3"],
      ],
    },
    allow: ok("hello"),
  },
  {
    name: "percent-and-format",
    rule: "Values that look like formats or paths are delivered as they are",
    source: VALUES,
    why: "They end up in logs.",
    send: { path: "/env", vars: { HTTP_X_F: "%s%n%x $HOME $(id) ../.." } },
    allow: jsonHas({ HTTP_X_F: "%s%n%x $HOME $(id) ../.." }),
  },
  {
    name: "value-like-a-packet",
    rule: "A value that looks like a packet is a value",
    source: VALUES,
    why: "Lengths decide where a value ends, not what it looks like.",
    send: (token) => {
      const inner = requestBytes({ path: "/hello" }, token).bytes.toString("latin1");
      return requestBytes({ path: "/hello", vars: { HTTP_X_INNER: inner } }, token);
    },
    allow: ok("hello"),
  },
];

export const varCases: readonly WorkerCase[] = exchangeCases("vars", [...missing, ...forms]);
