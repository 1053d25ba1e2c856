import { parseLength } from "../codec/content-length.ts";
import type { Packet } from "../codec/packet.ts";
import { ProtocolError } from "../errors.ts";

/** The part of an environ that comes from the packet: strings only, and every key that PEP 3333 requires. */
export type CgiEnviron = Record<string, string> & {
  REQUEST_METHOD: string;
  SCRIPT_NAME: string;
  PATH_INFO: string;
  QUERY_STRING: string;
  SERVER_NAME: string;
  SERVER_PORT: string;
  SERVER_PROTOCOL: string;
};

/** `modifier1` for which SCRIPT_NAME is taken off PATH_INFO. */
const MANAGE_PATH_INFO = 30;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const PROTOCOL = /^[A-Z]+\/[0-9](?:\.[0-9])?$/;
const HTTPS_ON = /^(?:on|1|true|yes)$/i;
const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;
const ADDRESS_AND_PORT = /^(\d+\.\d+\.\d+\.\d+|\[.*\]):(\d+)$/;
const SLASH = 0x2f;
const CONTROL = /[^\u0021-\u007e\u0080-\u00ff ]/;
/** Keys that only this server may set, and vars that are between it and our front. */
const RESERVED = /^(?:(?:wsgi|uwsgi_bridge)\.|UWSGI_BRIDGE_)/;
/** Headers that may not be joined: a second one replaces the first. */
const SINGLETON =
  /^HTTP_(?:HOST|AUTHORIZATION|USER_AGENT|REFERER|IF_[A-Z_]+|MAX_FORWARDS|PROXY_AUTHORIZATION)$/;

/** What is known of a name from packets before: peers send the same few dozen names all the time. */
interface KnownName {
  /** The name as the engine keeps property names: storing under it costs half of storing under a fresh copy. */
  readonly name: string;
  readonly isKept: boolean;
  /** Number of the last packet with this name, which tells a repeated var without a look into the environ. */
  packet: number;
}

const knownNames = new Map<string, KnownName>();
const MAX_KNOWN_NAMES = 1024;
let packetNumber = 0;

/**
 * Build the CGI part of an environ from the vars of a packet.
 *
 * Repeated `HTTP_*` vars are one header sent several times, so they are joined with `, `, cookies with `; `; of
 * singletons and of all other vars the last one counts, as in uWSGI. `HTTP_CONTENT_TYPE` and `HTTP_CONTENT_LENGTH` are
 * dropped, and so are names with control characters and names that only this server may set.
 *
 * @throws {@link ProtocolError} with status hint 400: `UWB_ERR_REQUEST_METHOD` when there is no usable method,
 *   `UWB_ERR_CONTENT_LENGTH` when two different lengths are given.
 * @see PEP 3333, "environ Variables"; protocol/README.md, "Vars"
 */
export function environFromPacket({ modifier1, vars }: Packet): CgiEnviron {
  const environ: Record<string, string> = Object.create(null);
  packetNumber += 1;
  for (const [key, value] of vars) {
    const known = knownNames.get(key) ?? learn(key);
    if (!known.isKept) continue;
    const { name } = known;
    const earlier = known.packet === packetNumber ? environ[name] : undefined;
    known.packet = packetNumber;
    environ[name] = earlier === undefined ? value : merge(name, earlier, value);
  }
  if (!TOKEN.test(environ["REQUEST_METHOD"] ?? "")) {
    throw new ProtocolError("UWB_ERR_REQUEST_METHOD", "REQUEST_METHOD is missing or not a method", {
      offset: 0,
    });
  }
  setPaths(environ, modifier1 === MANAGE_PATH_INFO);
  setServer(environ);
  setPeer(environ);
  return environ as CgiEnviron;
}

/**
 * The scheme of the URL: `HTTPS` decides, then `REQUEST_SCHEME`. X-Forwarded-Proto does not: whoever wants it to
 * count lets the front translate it.
 */
export function urlScheme(environ: Record<string, string>): "http" | "https" {
  const https = environ["HTTPS"];
  if (https) return HTTPS_ON.test(https) ? "https" : "http";
  return environ["REQUEST_SCHEME"] === "https" ? "https" : "http";
}

/**
 * The length of the request body, in bytes, or `"chunked"` when the body itself says where it ends.
 *
 * CONTENT_LENGTH decides whenever it is there: nginx passes `HTTP_TRANSFER_ENCODING` along although the body it sends is no
 * longer chunked. That var is taken out of the environ either way, since the application never sees a coded body.
 *
 * @throws {@link ProtocolError} `UWB_ERR_CONTENT_LENGTH`, 400, when it is not 1 to 15 digits.
 */
export function requestBodyLength(environ: Record<string, string>): number | "chunked" {
  const coding = environ["HTTP_TRANSFER_ENCODING"];
  if (coding !== undefined) delete environ["HTTP_TRANSFER_ENCODING"];
  const text = environ["CONTENT_LENGTH"];
  if (!text) return coding?.toLowerCase().includes("chunked") ? "chunked" : 0;
  const length = parseLength(text);
  if (length === undefined) throw lengthError("CONTENT_LENGTH is not a length");
  return length;
}

function learn(name: string): KnownName {
  const isKept =
    !CONTROL.test(name) &&
    !RESERVED.test(name) &&
    name !== "HTTP_CONTENT_TYPE" &&
    name !== "HTTP_CONTENT_LENGTH";
  // A name that is not remembered is looked up in the environ each time, as if it had been seen.
  if (knownNames.size >= MAX_KNOWN_NAMES) return { name, isKept, packet: packetNumber };
  const known = { name: propertyName(name), isKept, packet: 0 };
  knownNames.set(name, known);
  return known;
}

function propertyName(name: string): string {
  const [key = name] = Object.keys({ [name]: 0 });
  return key;
}

function merge(name: string, earlier: string, value: string): string {
  if (name === "CONTENT_LENGTH") return onlyLength(earlier, value);
  if (name === "HTTP_COOKIE") return `${earlier}; ${value}`;
  return name.startsWith("HTTP_") && !SINGLETON.test(name) ? `${earlier}, ${value}` : value;
}

/** An empty length is none. */
function onlyLength(earlier: string, value: string): string {
  if (earlier !== "" && value !== "" && earlier !== value) throw lengthError("two different CONTENT_LENGTH");
  return value === "" ? earlier : value;
}

function setPaths(environ: Record<string, string>, managePathInfo: boolean): void {
  let script = environ["SCRIPT_NAME"] ?? "";
  let path = environ["PATH_INFO"] ?? "";
  if (path !== "" && !path.startsWith("/")) path = path.replace(ABSOLUTE_FORM, "");
  if (script.endsWith("/")) {
    script = withoutTrailingSlashes(script);
    if (!path.startsWith("/")) path = `/${path}`;
  }
  if (managePathInfo && script !== "" && (path === script || path.startsWith(`${script}/`))) {
    path = path.slice(script.length);
  }
  environ["SCRIPT_NAME"] = script;
  environ["PATH_INFO"] = path;
  environ["QUERY_STRING"] ??= "";
}

/** A loop: the usual expression is quadratic on long runs of slashes. */
function withoutTrailingSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path.charCodeAt(end - 1) === SLASH) end -= 1;
  return path.slice(0, end);
}

function setServer(environ: Record<string, string>): void {
  if (!PROTOCOL.test(environ["SERVER_PROTOCOL"] ?? "")) environ["SERVER_PROTOCOL"] = "HTTP/1.1";
  environ["SERVER_NAME"] ||= hostOf(environ["HTTP_HOST"] ?? "") || environ["SERVER_ADDR"] || "localhost";
  environ["SERVER_PORT"] ||= urlScheme(environ) === "https" ? "443" : "80";
}

/** `example.test:80` to `example.test`, `[::1]:80` to `[::1]`. */
function hostOf(authority: string): string {
  return authority.replace(/:[0-9]*$/, "");
}

/** Two peers get the client's address wrong: Caddy's module adds the port, uWSGI's routers swap the bytes of the port. */
function setPeer(environ: Record<string, string>): void {
  const address = environ["REMOTE_ADDR"];
  if (address?.includes(":")) splitPort(environ, address);
  if (environ["UWSGI_ROUTER"] === "http") swapPortBytes(environ);
}

function splitPort(environ: Record<string, string>, address: string): void {
  const [, ip, port] = ADDRESS_AND_PORT.exec(address) ?? [];
  if (ip === undefined || port === undefined) return;
  environ["REMOTE_ADDR"] = ip.replace(/^\[|\]$/g, "");
  environ["REMOTE_PORT"] ||= port;
}

function swapPortBytes(environ: Record<string, string>): void {
  const port = Number(environ["REMOTE_PORT"]);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return;
  environ["REMOTE_PORT"] = String(((port & 0xff) << 8) | (port >> 8));
}

function lengthError(message: string): ProtocolError {
  return new ProtocolError("UWB_ERR_CONTENT_LENGTH", message, { offset: 0 });
}
