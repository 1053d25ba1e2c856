/** Names that a CGI var can stand for without being mistaken for another header: no underscore, no dot. */
const MAPPABLE = /^[A-Za-z0-9-]+$/;

/**
 * The var that carries a request header: `Content-Type` and `Content-Length` under their own names, all others with
 * the prefix `HTTP_`. That prefix is what keeps a client from setting any other var.
 *
 * @returns `undefined` for a header that has no var: `X_A` and `X-A` would become the same one, and `Proxy` would become a var
 *   that HTTP libraries obey.
 * @see RFC 3875 section 4.1.18; protocol/README.md, "Security"
 */
export function headerVar(name: string): string | undefined {
  if (!MAPPABLE.test(name)) return undefined;
  const upper = name.toUpperCase().replaceAll("-", "_");
  if (upper === "PROXY") return undefined;
  return upper === "CONTENT_TYPE" || upper === "CONTENT_LENGTH" ? upper : `HTTP_${upper}`;
}
