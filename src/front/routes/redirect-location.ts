import { ConfigError } from "../../errors.ts";
import { parseAuthority } from "../request/authority.ts";
import { rawRest } from "./raw-rest.ts";

/** What may stand in a Location: visible ASCII, without the backslash, which browsers take for a slash, and what must be escaped. */
const SAFE = /^[!$-;=?-[\]_a-z~]*$/;
const TARGET = /^(?:(https?):\/\/([^/]*))?(\/[^?#]*)?$/;

/**
 * Read where a redirect leads: a path of the same host, or `http://` or `https://` with a host and perhaps a path.
 *
 * @param where - What the error names.
 * @throws {@link ConfigError} for anything else.
 */
export function checkRedirect(text: string, where: string): void {
  const [, scheme, authority, path] = TARGET.exec(text) ?? [];
  const isHostRight =
    scheme === undefined ? path !== undefined : parseAuthority(authority ?? "") !== undefined;
  const isElsewhere = scheme === undefined && path?.startsWith("//");
  if (isHostRight && !isElsewhere && SAFE.test(text)) return;
  const expected = "expected a path such as /new, or a URL such as https://example.com/new, without a query";
  throw new ConfigError("routes", `${where}: ${expected}, got ${JSON.stringify(text)}`);
}

/** The part of a request that a redirect keeps. */
export interface RedirectedRequest {
  readonly requestUri: string;
  readonly queryString: string;
}

/**
 * Where a request is sent: what follows the prefix of the route is appended as the client spelt it, with the query. The host is that
 * of the configuration, or that of the request.
 *
 * @param target - As {@link checkRedirect} accepts it.
 * @returns `undefined` when the result could be read as another host, or as more than a Location.
 */
export function redirectLocation(
  { requestUri, queryString }: RedirectedRequest,
  prefix: string,
  target: string,
): string | undefined {
  const rest = rawRest(requestUri, prefix);
  const base = rest !== "" && target.endsWith("/") ? target.slice(0, -1) : target;
  const location = `${base}${rest}${queryString === "" ? "" : `?${queryString}`}`;
  const isElsewhere = location.startsWith("//");
  return isElsewhere || !(rest === "" || rest.startsWith("/")) || !isVisible(location) ? undefined : location;
}

function isVisible(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code <= 0x20 || code >= 0x7f || code === BACKSLASH) return false;
  }
  return true;
}

const BACKSLASH = 0x5c;
