import { pep3333, spec } from "../../sources.ts";
import { all, bodyIs, either, errorStatus, ok, status } from "../checks.ts";
import { jsonHas } from "../json-checks.ts";
import { type ExchangeRow, exchangeCases, type WorkerCase } from "../worker-case.ts";

const ENVIRON = pep3333("environ Variables");
const MODIFIERS = spec("6");
const LINKS = "Frameworks put SCRIPT_NAME in front of the links they make, and route by PATH_INFO.";

/** modifier1 30 takes SCRIPT_NAME off the front of PATH_INFO. */
function managed(
  name: string,
  script: string,
  path: string,
  [wantedScript, wantedPath]: readonly [string, string],
  rule: string,
): ExchangeRow {
  return {
    name: `modifier1-30-${name}`,
    level: "MAY",
    rule,
    source: MODIFIERS,
    why: "uWSGI 2.0.21 with Python 3 does nothing for 30; configurations written for older versions rely on it.",
    send: { path: "/env", vars: { SCRIPT_NAME: script, PATH_INFO: path, REQUEST_URI: path }, modifier1: 30 },
    allow: jsonHas({ SCRIPT_NAME: wantedScript, PATH_INFO: wantedPath }),
  };
}

export const mountingCases: readonly WorkerCase[] = exchangeCases("mounting", [
  {
    name: "script-and-path",
    rule: "SCRIPT_NAME and PATH_INFO reach the application as they were sent",
    source: ENVIRON,
    why: LINKS,
    send: { path: "/env", vars: { SCRIPT_NAME: "/app", REQUEST_URI: "/app/env" } },
    allow: jsonHas({ SCRIPT_NAME: "/app", PATH_INFO: "/env" }),
  },
  {
    name: "deep-mount",
    rule: "A SCRIPT_NAME of several segments reaches the application",
    source: ENVIRON,
    why: LINKS,
    send: { path: "/env", vars: { SCRIPT_NAME: "/a/b/c", REQUEST_URI: "/a/b/c/env" } },
    allow: jsonHas({ SCRIPT_NAME: "/a/b/c", PATH_INFO: "/env" }),
  },
  {
    name: "url-with-mount",
    rule: "The URL is rebuilt from SCRIPT_NAME and PATH_INFO",
    source: pep3333("URL Reconstruction"),
    why: LINKS,
    send: { path: "/url", vars: { SCRIPT_NAME: "/app", QUERY_STRING: "a=1" } },
    allow: ok("http://example.test/app/url?a=1"),
  },
  {
    name: "path-not-stripped",
    rule: "With modifier1 0 nothing is taken off PATH_INFO",
    source: MODIFIERS,
    why: "The front has already split the path: splitting again loses a segment.",
    send: { path: "/env/env", vars: { SCRIPT_NAME: "/env" } },
    allow: jsonHas({ SCRIPT_NAME: "/env", PATH_INFO: "/env/env" }),
  },
  {
    name: "path-from-uri",
    rule: "PATH_INFO wins over what REQUEST_URI would give",
    source: spec("3.5"),
    why: "A front that rewrites sets PATH_INFO; REQUEST_URI stays what the client asked for.",
    send: { path: "/hello", vars: { REQUEST_URI: "/rewritten?x=1" } },
    allow: ok("hello"),
  },
  {
    name: "absolute-request-uri",
    rule: "A REQUEST_URI in absolute form is served",
    source: spec("3.5"),
    why: "Apache and the http router pass it on as the client wrote it.",
    send: { path: "/hello", vars: { REQUEST_URI: "http://example.test/hello?x=1" } },
    allow: ok("hello"),
  },
  {
    name: "options-asterisk",
    rule: "OPTIONS * reaches the application, which has no such page, or is refused",
    source: spec("3.5"),
    why: "The one request whose target is no path.",
    send: { path: "/hello", method: "OPTIONS", vars: { REQUEST_URI: "*", PATH_INFO: "*" } },
    allow: either(all(status(404), bodyIs("no such route\n")), errorStatus(400, 501)),
  },
  {
    name: "script-with-slash",
    level: "SHOULD",
    rule: "A SCRIPT_NAME that ends in a slash loses it, and PATH_INFO begins with one",
    source: spec("3.5"),
    why: "Apache sends /mnt/ for the mount point itself; links would get two slashes, routes none.",
    send: { path: "/env", vars: { SCRIPT_NAME: "/mnt/", PATH_INFO: "env", REQUEST_URI: "/mnt/env" } },
    allow: jsonHas({ SCRIPT_NAME: "/mnt", PATH_INFO: "/env" }),
  },
  {
    name: "script-name-escaped",
    level: "SHOULD",
    rule: "A SCRIPT_NAME with a space stays decoded",
    source: ENVIRON,
    why: "It is a path like PATH_INFO: decoded by the front, once.",
    send: { path: "/env", vars: { SCRIPT_NAME: "/my app" } },
    allow: jsonHas({ SCRIPT_NAME: "/my app" }),
  },
  managed(
    "strips",
    "/app",
    "/app/env",
    ["/app", "/env"],
    "With modifier1 30 SCRIPT_NAME comes off PATH_INFO",
  ),
  managed(
    "no-match",
    "/app",
    "/env",
    ["/app", "/env"],
    "With modifier1 30 a PATH_INFO that does not begin with SCRIPT_NAME stays",
  ),
  managed(
    "no-script",
    "",
    "/env",
    ["", "/env"],
    "With modifier1 30 and an empty SCRIPT_NAME nothing comes off",
  ),
  managed(
    "boundary",
    "/en",
    "/env",
    ["/en", "/env"],
    "With modifier1 30 SCRIPT_NAME comes off only at a slash",
  ),
]);
