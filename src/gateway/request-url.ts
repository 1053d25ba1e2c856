import type { Environ } from "./types.ts";

/** Bytes of a path that stay as they are: RFC 3986 `pchar` and the slash. */
const QUOTED = /[^A-Za-z0-9\-._~!$&'()*+,;=:@/]/g;
/** A query comes as the client sent it. What no URL may hold is encoded all the same. */
const QUOTED_IN_QUERY = /[^\u0021-\u007e]/g;

/**
 * Rebuild the absolute URL of a request.
 *
 * @param options - `query: false` leaves the query string out.
 * @returns Every byte that a path or a query may not hold as it is is percent-encoded, so that they are ASCII.
 * @see PEP 3333, "URL Reconstruction"
 */
export function requestUrl(environ: Environ, options: { readonly query?: boolean } = {}): string {
  const scheme = environ["wsgi.url_scheme"];
  const defaultPort = scheme === "https" ? "443" : "80";
  const port = environ.SERVER_PORT === defaultPort ? "" : `:${environ.SERVER_PORT}`;
  const authority = environ["HTTP_HOST"] || `${environ.SERVER_NAME}${port}`;
  const path = (environ.SCRIPT_NAME + environ.PATH_INFO).replace(QUOTED, percentEncoded);
  const query = options.query === false ? "" : environ.QUERY_STRING.replace(QUOTED_IN_QUERY, percentEncoded);
  return `${scheme}://${authority}${path}${query === "" ? "" : `?${query}`}`;
}

function percentEncoded(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
