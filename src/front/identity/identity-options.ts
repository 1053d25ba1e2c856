import { ConfigError } from "../../errors.ts";
import { isAddressEntry } from "../../net/address-rules.ts";
import type { HeaderMap } from "../request/header-rules.ts";

/** The field that names the client: one of them, or the first that is there. */
export type RealIpHeader = "auto" | "x-forwarded-for" | "forwarded" | "x-real-ip";

/** Which PROXY header a connection has to begin with. `"auto"`: either. */
export type ProxyProtocol = "off" | "v1" | "v2" | "auto";

/** How a front behind other proxies learns who its clients are. */
export interface IdentityOptions {
  /**
   * Peers that are believed what they say about their clients: addresses, ranges such as `10.0.0.0/8`, `all`, or `unix` for those on a Unix
   * socket. What others say in X-Forwarded-*, Forwarded and X-Real-IP is dropped. @defaultValue none
   */
  readonly trustedProxies?: readonly string[];
  /**
   * The field in which they name the client. Set it to the one that your proxies write: what a client writes in another one is then never
   * looked at. @defaultValue `"auto"`: the first that is there of X-Forwarded-For, Forwarded and X-Real-IP
   */
  readonly realIpHeader?: RealIpHeader;
  /**
   * The host that a trusted proxy names in X-Forwarded-Host, or in Forwarded, becomes that of the request. Otherwise the servers are told of it
   * in HTTP_X_FORWARDED_HOST alone. @defaultValue false
   */
  readonly forwardedHost?: boolean;
  /** A header of the PROXY protocol that every connection has to begin with. Needs {@link trustedProxies}. @defaultValue `"off"` */
  readonly proxyProtocol?: ProxyProtocol;
  /**
   * What becomes of header fields whose names are not letters, digits and hyphens, and as vars could not be told from others: `X_A` and `X-A`. `"drop"`
   * leaves them out, `"refuse"` answers 400, `"allow"` passes them on, but for those that mean something to the front or to the servers.
   * @defaultValue `"drop"`
   */
  readonly headerMap?: HeaderMap;
  /** The PROXY header must have come within this time. @defaultValue 5000 */
  readonly proxyProtocolTimeoutMs?: number;
}

export const IDENTITY_DEFAULTS: Required<IdentityOptions> = {
  trustedProxies: [],
  realIpHeader: "auto",
  forwardedHost: false,
  headerMap: "drop",
  proxyProtocol: "off",
  proxyProtocolTimeoutMs: 5000,
};

/** @throws {@link ConfigError} that names the option. */
export function checkIdentityOptions({ trustedProxies, proxyProtocol }: Required<IdentityOptions>): void {
  for (const entry of trustedProxies) {
    if (isAddressEntry(entry)) continue;
    const message = `trustedProxies: expected an address, a range such as 10.0.0.0/8, all or unix, got ${JSON.stringify(entry)}`;
    throw new ConfigError("trustedProxies", message);
  }
  if (proxyProtocol !== "off" && trustedProxies.length === 0)
    throw new ConfigError(
      "proxyProtocol",
      "the PROXY protocol needs to know who may speak it: name the proxies in front (--trusted-proxies)",
    );
}
