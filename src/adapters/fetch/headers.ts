import { ProtocolError } from "../../errors.ts";
import { HOP_BY_HOP } from "../../gateway/hop-by-hop.ts";
import type { Environ, HeaderPair } from "../../gateway/types.ts";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const BREAKS_HEADERS = /[\0\r\n]/;

/** Header name of each var seen before; `""` for those that are no header. */
const headerNames = new Map<string, string>();
const MAX_HEADER_NAMES = 1024;

/**
 * The header fields of a request, in the order of the packet, names in lower case.
 *
 * @throws {@link ProtocolError} `UWB_ERR_REQUEST_INVALID`, 400, when a value holds NUL, CR or LF, or a name is no token.
 */
export function requestHeaders(environ: Environ): HeaderPair[] {
  const headers: HeaderPair[] = [];
  for (const key of Object.keys(environ)) {
    const name = headerNames.get(key) ?? learn(key);
    if (name === "") continue;
    const value = environ[key];
    if (typeof value !== "string" || (value === "" && !key.startsWith("HTTP_"))) continue;
    if (BREAKS_HEADERS.test(value)) throw invalid(`the header ${name} holds NUL, CR or LF`);
    headers.push([name, value]);
  }
  return headers;
}

/** Add fields one by one: the same name may come from two vars, and none may replace another. */
export function appendHeaders(target: Headers, headers: Iterable<HeaderPair>): Headers {
  for (const [name, value] of headers) target.append(name, value);
  return target;
}

/**
 * The fields of a response that concern the client, in their order, repeated ones included. What belongs to the connection is left out,
 * the fields that `Connection` names too, and so is `Status`, which CGI takes for the status.
 */
export function endToEndHeaders(headers: Iterable<HeaderPair>): HeaderPair[] {
  const kept: HeaderPair[] = [];
  let nominated: string | undefined;
  for (const pair of headers) {
    const name = pair[0].toLowerCase();
    if (name === "connection") nominated = `${nominated ?? ""},${pair[1].toLowerCase()}`;
    if (!HOP_BY_HOP.has(name) && name !== "status") kept.push(pair);
  }
  if (nominated === undefined) return kept;
  const names = new Set(nominated.split(",").map((name) => name.trim()));
  return kept.filter(([name]) => !names.has(name.toLowerCase()));
}

function learn(key: string): string {
  const name = headerName(key);
  if (headerNames.size < MAX_HEADER_NAMES) headerNames.set(key, name);
  return name;
}

function headerName(key: string): string {
  if (key === "CONTENT_TYPE") return "content-type";
  if (key === "CONTENT_LENGTH") return "content-length";
  if (!key.startsWith("HTTP_")) return "";
  const name = key.slice("HTTP_".length).toLowerCase().replaceAll("_", "-");
  if (!TOKEN.test(name)) throw invalid("a var names a header that can not exist");
  return name;
}

function invalid(message: string): ProtocolError {
  return new ProtocolError("UWB_ERR_REQUEST_INVALID", message, { offset: 0 });
}
