import type { Vars } from "../../codec/vars.ts";
import type { ParsedRequest } from "../request/parsed-request.ts";
import { rawRest } from "../routes/raw-rest.ts";

/** A request for an HTTP server, and what is said about the connection. */
export interface HttpRequest {
  readonly parsed: ParsedRequest;
  /** The vars of the request, of which those that stand for header fields are sent: they were checked, and hop-by-hop fields are gone. */
  readonly vars: Vars;
  /** Path in front of every other one: see `HttpAddress`. */
  readonly base: string;
  /** For a client of HTTP/1.0 that names no host: this is where it went. */
  readonly address: string;
  /** The connection may be used for another request. */
  readonly isKept: boolean;
  /** The protocols the client offers to switch to. */
  readonly upgrade: readonly string[] | undefined;
}

const FORWARDED_HOST = "HTTP_X_FORWARDED_HOST";
/** Vars with `HTTP_` that are said in another way here, or would be a second length. */
const OWN = new Set([
  "HTTP_HOST",
  "HTTP_CONNECTION",
  "HTTP_UPGRADE",
  "HTTP_CONTENT_LENGTH",
  "HTTP_TRANSFER_ENCODING",
  FORWARDED_HOST,
  "HTTP_X_FORWARDED_PREFIX",
]);
const PREFIX = "HTTP_";

/** Clients send the same few dozen names, so that they are looked up, not worked out. */
const known = new Map<string, string>();
const MAX_KNOWN = 1024;

/**
 * The head of a request for an HTTP server, a character per byte. Path and query are as the client sent them, less the prefix of the route; the
 * host is that of the client.
 *
 * @see RFC 9112 section 3; RFC 9110 section 7.6
 */
export function httpRequestText(request: HttpRequest): string {
  const { parsed, vars, upgrade } = request;
  const host = parsed.authority?.text ?? request.address;
  let text = `${parsed.method} ${targetOf(request)} HTTP/1.1\r\nHost: ${host}\r\n`;
  let forwardedHost = host;
  for (const [name, value] of vars) {
    const field = fieldName(name);
    if (field !== "") text += `${field}: ${value}\r\n`;
    // A trusted proxy in front of us knows better.
    if (name === FORWARDED_HOST) forwardedHost = value;
  }
  text += `X-Forwarded-Host: ${forwardedHost}\r\n`;
  const { scriptName } = parsed;
  if (scriptName) text += `X-Forwarded-Prefix: ${escapeBytes(scriptName)}\r\n`;
  if (upgrade) text += `Connection: Upgrade\r\nUpgrade: ${upgrade.join(", ")}\r\n`;
  else if (!request.isKept) text += "Connection: close\r\n";
  return `${text}\r\n`;
}

/** Length tells a server of uwsgi where a value ends; here the end of the line does, and half of a wide character may look like it. */
const UNSAFE = /[^\t\x20-\x7e\x80-\xff]/;

/** @returns The first of the vars that can not be written as a header field. */
export function unsafeVar(vars: Vars): string | undefined {
  for (const [name, value] of vars)
    if (UNSAFE.test(value) && (fieldName(name) !== "" || name === FORWARDED_HOST)) return name;
  return undefined;
}

function targetOf({ parsed, base }: HttpRequest): string {
  const { requestUri, queryString, scriptName = "" } = parsed;
  if (base === "" && scriptName === "") return requestUri;
  const path = `${base}${rawRest(requestUri, scriptName)}`;
  return `${path === "" ? "/" : path}${queryString === "" ? "" : `?${queryString}`}`;
}

/** @returns Empty for a var that is no header field. */
function fieldName(name: string): string {
  const seen = known.get(name);
  if (seen !== undefined) return seen;
  const field = spelt(name);
  if (known.size < MAX_KNOWN) known.set(name, field);
  return field;
}

/** `HTTP_ACCEPT_LANGUAGE` is `Accept-Language`. */
function spelt(name: string): string {
  const isContent = name === "CONTENT_TYPE" || name === "CONTENT_LENGTH";
  if (!isContent && (!name.startsWith(PREFIX) || OWN.has(name))) return "";
  return name
    .slice(isContent ? 0 : PREFIX.length)
    .split("_")
    .map((word) => word.slice(0, 1) + word.slice(1).toLowerCase())
    .join("-");
}

/** A path of one character per byte, as it may stand in a field. */
function escapeBytes(path: string): string {
  return path.replace(
    /[^!$-;=@-[\]_a-z~]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
