import { ConfigError } from "../../errors.ts";
import { formatEndpoint, parseTarget } from "../../net/endpoint.ts";
import { parseAuthority } from "../request/authority.ts";

/** An HTTP server that requests are passed on to. */
export interface HttpAddress {
  /** Where to connect: `host:port` or `unix:/path`. */
  readonly address: string;
  /** What is said about the server behind its address, such as `;weight=2`. */
  readonly options: string;
  /** The path that stands in front of every other one; empty, or from a slash on without one at its end. */
  readonly base: string;
}

const URL_FORM = /^http:\/\/([^/]+)(\/[!$-;=@-[\]_a-z~]*)?$/;
const UNIX_FORM = /^http\+unix:(\/.+)$/;
const DEFAULT_PORT = 80;

/** Whether a target is meant to be an HTTP server, rightly written or not. */
export function isHttpTarget(text: string): boolean {
  return /^https?(?:\+unix)?:/i.test(text);
}

/**
 * Read `http://host:port`, with or without options of the server behind it, `http://host:port/base` or `http+unix:/path/of/socket`.
 *
 * @param where - What the error names.
 * @throws {@link ConfigError} for anything else, `https://` included.
 */
export function parseHttpAddress(target: string, where: string): HttpAddress {
  const [text = "", ...rest] = target.split(";");
  const options = rest.map((option) => `;${option}`).join("");
  const [, path] = UNIX_FORM.exec(text) ?? [];
  if (path !== undefined)
    return { address: formatEndpoint(parseTarget(`unix:${path}`, "routes")), options, base: "" };
  const [, authority = "", base = ""] = URL_FORM.exec(text) ?? [];
  const parsed = parseAuthority(authority);
  if (!parsed || hasDots(base)) {
    const what = text.startsWith("https:")
      ? "servers are reached without TLS, http://"
      : "expected http://host:port, http://host:port/base or http+unix:/path";
    throw new ConfigError("routes", `${where}: ${what}, got ${JSON.stringify(text)}`);
  }
  const hasPort = parsed.host !== parsed.text && !parsed.text.endsWith(":");
  const address = hasPort ? parsed.text : `${parsed.host}:${DEFAULT_PORT}`;
  return { address: formatEndpoint(parseTarget(address, "routes")), options, base: base.replace(/\/+$/, "") };
}

function hasDots(path: string): boolean {
  return path.split("/").some((segment) => segment === "." || segment === "..");
}
