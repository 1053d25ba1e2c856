import { parseOriginForm, type TargetParts } from "../../client/request-target.ts";
import { climbs } from "../dot-segments.ts";
import { type Authority, parseAuthority } from "./authority.ts";
import type { HttpHead } from "./http-head.ts";
import type { ParsedRequest } from "./parsed-request.ts";
import type { Refusal } from "./refusal.ts";

/** The methods that are served, as the Allow field lists them. */
export const ALLOW = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)(.*)$/i;
const BACKSLASH_IN_PATH = /^[^?]*\\/;
const UNESCAPED_IN_PATH = /^[^?]*["<>^`{|}]/;
/** Anything but visible ASCII, and of that neither `#` nor the backslash, which some programs take for a slash. */
const FORBIDDEN_IN_TARGET = /[^!"$-[\]-~]/;
/** ASCII in more bytes than it needs: who looks for dots and slashes before decoding misses them. */
const OVERLONG = /[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f]|\xf0[\x80-\x8f]/;

/** What a request is for. */
export type Place = Pick<ParsedRequest, "requestUri" | "pathInfo" | "queryString" | "authority">;

/**
 * Read target and Host of a request.
 *
 * @param host - Its Host field, which only HTTP/1.0 may leave out.
 * @see RFC 9112 section 3.2
 */
export function readPlace(
  { method, target, httpVersion }: HttpHead,
  host: string | undefined,
): Place | Refusal {
  if (host === undefined && httpVersion === "1.1") return refuse(400, "no Host field");
  const [, absoluteAuthority, afterAuthority] = ABSOLUTE_FORM.exec(target) ?? [];
  // The authority of an absolute target replaces Host (RFC 9112 section 3.2.2), but Host must be valid all the same.
  const authority = readAuthority(host, absoluteAuthority);
  if (authority && "status" in authority) return authority;
  if (target === "*" && method === "OPTIONS")
    return { status: 204, reason: "OPTIONS *", headers: [["Allow", ALLOW]] };

  const requestUri = absoluteAuthority === undefined ? target : originForm(afterAuthority ?? "");
  if (!requestUri.startsWith("/")) return refuse(400, "the target is neither a path nor an http URL");
  const parts = readPath(requestUri);
  return "status" in parts ? parts : { requestUri, ...parts, authority };
}

function readPath(requestUri: string): TargetParts | Refusal {
  // No path has one, and nobody is to find out what a slash of that kind leads to. Beside other such characters it is no slash.
  if (BACKSLASH_IN_PATH.test(requestUri) && !UNESCAPED_IN_PATH.test(requestUri))
    return refuse(404, "no path has a backslash");
  if (FORBIDDEN_IN_TARGET.test(requestUri))
    return refuse(400, "the target has a character that must be escaped");
  const parts = parseOriginForm(requestUri);
  if (!parts) return refuse(400, "the target has a malformed percent escape");
  if (OVERLONG.test(parts.pathInfo)) return refuse(404, "no path has characters in overlong form");
  return climbs(parts.pathInfo) ? refuse(400, "the path leads above its root") : parts;
}

function readAuthority(
  host: string | undefined,
  absolute: string | undefined,
): Authority | Refusal | undefined {
  const ofHost = host === undefined ? undefined : parseAuthority(host);
  if (host !== undefined && !ofHost) return refuse(400, "Host is not a host name");
  if (absolute === undefined) return ofHost;
  return parseAuthority(absolute) ?? refuse(400, "the target names no valid host");
}

/** What follows the authority of an absolute target: the path may be missing. */
function originForm(text: string): string {
  return text.startsWith("/") ? text : `/${text}`;
}

function refuse(status: number, reason: string): Refusal {
  return { status, reason };
}
