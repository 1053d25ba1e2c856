import { ConfigError } from "../../errors.ts";
import { parseAuthority } from "../request/authority.ts";

/** Longer names do not exist in DNS, and would take long to look up. */
const MAX_HOST_LENGTH = 255;

/**
 * Read the host of a route: `example.com`, `*.example.com` for the names below it, `[::1]`, or `*` for every host.
 *
 * @param where - What the error names.
 * @returns The host as {@link canonicalHost} has it, with `*` in front for the names below; empty for every host.
 * @throws {@link ConfigError} for anything else.
 */
export function parseHostPattern(text: string, where: string): string {
  if (text === "*") return "";
  const isWildcard = text.startsWith("*.");
  const name = isWildcard ? text.slice(2) : text;
  const authority = parseAuthority(name);
  const hasPort = authority !== undefined && authority.host !== authority.text;
  if (!authority || hasPort || (isWildcard && name.startsWith("["))) {
    const message = `${where}: expected a host such as example.com or *.example.com${hasPort ? ", without a port" : ""}`;
    throw new ConfigError("routes", `${message}, got ${JSON.stringify(text)}`);
  }
  return `${isWildcard ? "*." : ""}${canonicalHost(authority.host)}`;
}

/**
 * A host as it is compared: in lower case, without the dot at the end that says that it is whole.
 *
 * @returns Empty for a name that no host can have.
 */
export function canonicalHost(host: string): string {
  if (host.length > MAX_HOST_LENGTH) return "";
  const name = host.endsWith(".") ? host.slice(0, -1) : host;
  return name.toLowerCase();
}
