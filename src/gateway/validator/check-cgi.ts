import { parseLength } from "../../codec/content-length.ts";
import type { Environ } from "../types.ts";
import type { Doubts } from "./doubts.ts";
import { fault } from "./lint-error.ts";
import { characterIn, shown } from "./lint-message.ts";

const NEVER_EMPTY = ["REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"] as const;
const MISNAMED = ["HTTP_CONTENT_TYPE", "HTTP_CONTENT_LENGTH"] as const;
const WIDE = /[\u0100-\uffff]/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PORT = /^[0-9]+$/;
const PROTOCOL = /^[A-Z]+\/[0-9](?:\.[0-9])?$/;
/** Underscores are not in the standard, but in the names of containers. nginx's catch-all name, `_`, is no host. */
const HOST = /^(?:(?=.*[A-Za-z0-9])[\w-][\w.-]*|\[[0-9A-Fa-f:.]+\])$/;

/** IANA's registry of methods, but for PRI, which never reaches an application. */
const METHODS = new Set(
  `ACL BASELINE-CONTROL BIND CHECKIN CHECKOUT CONNECT COPY DELETE GET HEAD LABEL LINK LOCK MERGE MKACTIVITY
  MKCALENDAR MKCOL MKREDIRECTREF MKWORKSPACE MOVE OPTIONS ORDERPATCH PATCH POST PROPFIND PROPPATCH PUT QUERY
  REBIND REPORT SEARCH TRACE UNBIND UNCHECKOUT UNLINK UNLOCK UPDATE UPDATEREDIRECTREF VERSION-CONTROL`.split(
    /\s+/,
  ),
);

/**
 * Check the values of the CGI keys, all of which are strings.
 *
 * @see RFC 3875 section 4.1; PEP 3333, "environ Variables"
 */
export function checkCgi(environ: Environ, doubts: Doubts): void {
  for (const key of NEVER_EMPTY) {
    if (environ[key] === "") throw fault("S06", `${key} empty`);
  }
  for (const key of MISNAMED) {
    if (key in environ) throw fault("S10", key);
  }
  for (const key of Object.keys(environ)) {
    const wrong = key.includes(".") ? undefined : characterIn(String(environ[key]), WIDE);
    if (wrong !== undefined) throw fault("S08", `${wrong} of ${shown(key)}`);
  }
  checkMethod(environ.REQUEST_METHOD, doubts);
  checkPaths(environ, doubts);
  checkServer(environ, doubts);
  const length = environ.CONTENT_LENGTH ?? "";
  if (length !== "" && parseLength(length) === undefined) throw fault("S19", shown(length));
}

function checkMethod(method: string, doubts: Doubts): void {
  if (!TOKEN.test(method)) throw fault("S11", shown(method));
  if (!METHODS.has(method)) doubts.raise("S12", shown(method));
}

function checkPaths(environ: Environ, doubts: Doubts): void {
  // Both may be missing, whatever the type says: an environ need not come from this server.
  const { SCRIPT_NAME: script = "", PATH_INFO: path } = environ as Partial<Environ>;
  if (script !== "" && !script.startsWith("/")) throw fault("S13", shown(script));
  if (script === "/") throw fault("S14", shown(script));
  if (script.endsWith("/")) doubts.raise("S15", shown(script));
  if (script === "" && path === undefined) throw fault("S17", "no PATH_INFO and no SCRIPT_NAME");
  if (path !== undefined && !isPath(path, environ.REQUEST_METHOD)) throw fault("S16", shown(path));
  if (!("QUERY_STRING" in environ)) doubts.raise("S18", "no such key");
}

function isPath(path: string, method: string): boolean {
  if (path === "" || path.startsWith("/")) return true;
  return (path === "*" && method === "OPTIONS") || method === "CONNECT";
}

function checkServer(environ: Environ, doubts: Doubts): void {
  if (!PORT.test(environ.SERVER_PORT)) throw fault("S22", shown(environ.SERVER_PORT));
  if (!PROTOCOL.test(environ.SERVER_PROTOCOL)) throw fault("S23", shown(environ.SERVER_PROTOCOL));
  if (!HOST.test(environ.SERVER_NAME)) doubts.raise("S33", shown(environ.SERVER_NAME));
}
