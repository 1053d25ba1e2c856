import type { Environ } from "../../gateway/types.ts";

/** What a Node application sees as its URL. */
export interface NodeTarget {
  /** `req.url`: below the mount point. */
  readonly url: string;
  /** `req.originalUrl`: the whole. */
  readonly originalUrl: string;
  /** `req.baseUrl`: the mount point, as Express calls it. */
  readonly baseUrl: string;
}

const ABSOLUTE_FORM = /^https?:\/\/[^/?#]*/i;
/** Bytes of a path that stay as they are: RFC 3986 `pchar` and the slash. */
const QUOTED = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/g;

/**
 * The target of a request, as the client sent it where the front passes it on, else rebuilt from the decoded path.
 *
 * @param mount - `strip`: what SCRIPT_NAME names is taken off `url`; `keep`: the application sees the whole.
 */
export function nodeTarget(environ: Environ, mount: "strip" | "keep"): NodeTarget {
  const originalUrl = wholeTarget(environ);
  const script = environ.SCRIPT_NAME;
  if (mount === "keep" || script === "") return { url: originalUrl, originalUrl, baseUrl: "" };
  const quoted = script.replace(QUOTED, percentEncoded);
  const prefix = [script, quoted].find((text) => isBelow(originalUrl, text));
  // A front that rewrote the path left no prefix to take off.
  if (prefix === undefined)
    return { url: withSlash(rebuiltPath(environ.PATH_INFO, environ)), originalUrl, baseUrl: quoted };
  return { url: withSlash(originalUrl.slice(prefix.length)), originalUrl, baseUrl: prefix };
}

/** Whether a target begins with this prefix, and the prefix ends where a segment does. */
function isBelow(target: string, prefix: string): boolean {
  return target.startsWith(prefix) && /^[/?#]?$/.test(target.charAt(prefix.length));
}

function wholeTarget(environ: Environ): string {
  const raw = environ.REQUEST_URI;
  if (raw === undefined || raw === "") return rebuiltPath(environ.SCRIPT_NAME + environ.PATH_INFO, environ);
  if (raw.startsWith("/") || raw === "*") return raw;
  return ABSOLUTE_FORM.test(raw) ? withSlash(raw.replace(ABSOLUTE_FORM, "")) : raw;
}

function rebuiltPath(path: string, { QUERY_STRING }: Environ): string {
  const quoted = path.replace(QUOTED, percentEncoded) || "/";
  return QUERY_STRING === "" ? quoted : `${quoted}?${QUERY_STRING}`;
}

function withSlash(target: string): string {
  return target.startsWith("/") ? target : `/${target}`;
}

function percentEncoded(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
