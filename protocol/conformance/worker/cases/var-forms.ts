import { encodeVars } from "../../../../src/codec/vars.ts";
import { spec } from "../../sources.ts";
import { either, ok, refused } from "../checks.ts";
import { jsonHas } from "../json-checks.ts";
import { rawBlock, requestBytes, requestVars } from "../request-bytes.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const VALUES = spec("3.3");
const NAMES = spec("3.4");

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

export const varFormCases: readonly WorkerCase[] = exchangeCases("vars", forms);
