import type { Authority } from "../request/authority.ts";
import { parseAuthority } from "../request/authority.ts";
import type { Refusal } from "../request/refusal.ts";
import type { ClientFacts } from "../request/request-vars.ts";
import { claimedScheme, schemeOf } from "./claimed-scheme.ts";
import { type Claims, sortClaims } from "./claims.ts";
import { type Beginning, beginningOf, type Hop, type Hops, listOf, readHops } from "./hops.ts";
import type { RealIpHeader } from "./identity-options.ts";

/** Who is at the beginning of a request's way. */
export interface EffectiveClient {
  readonly client: ClientFacts;
  /** The host that the client asked for, where a proxy says so. */
  readonly authority: Authority | undefined;
  /** Something was said that means nothing, and was passed over. */
  readonly isMalformed: boolean;
}

/** Whom to believe. */
export interface Trust {
  readonly isTrusted: (address: string) => boolean;
  readonly realIpHeader: RealIpHeader;
}

/**
 * Find the client by what a trusted peer says.
 *
 * @param lines - Of `claimLines`.
 * @returns A refusal when the proxies say two schemes at once.
 */
export function effectiveClient(
  lines: readonly string[],
  peer: ClientFacts,
  { isTrusted, realIpHeader }: Trust,
): EffectiveClient | Refusal {
  const claims = sortClaims(lines);
  const way = readHops(claims, realIpHeader);
  const beginning = beginningOf(way.hops, isTrusted);
  const said = way.isForwarded ? saidInForwarded(way, beginning) : saidInFields(claims, way, beginning);
  if (said.scheme === "conflict") return { status: 400, reason: "the forwarded fields name two schemes" };
  const scheme = said.scheme ?? peer.scheme;
  const authority = said.host === undefined ? undefined : parseAuthority(said.host);
  const port = isPort(said.port) ? said.port : undefined;
  const { client } = beginning;
  return {
    client: {
      remoteAddress: client?.address ?? peer.remoteAddress,
      remotePort: client?.port ?? peer.remotePort,
      localPort: port ?? peer.localPort,
      scheme,
      isUnix: client === undefined && peer.isUnix === true,
      forwarded: forwardedVars([...beginning.chain, peer.remoteAddress], scheme, authority, port),
    },
    authority,
    isMalformed:
      beginning.isMalformed ||
      (said.host !== undefined && !authority) ||
      (said.port !== undefined && port === undefined),
  };
}

interface Said {
  readonly scheme: "http" | "https" | "conflict" | undefined;
  readonly host: string | undefined;
  readonly port: string | undefined;
}

function saidInForwarded({ hops }: Hops, { index }: Beginning): Said {
  const hop: Hop | undefined = hops[index];
  return {
    scheme: hop?.proto === undefined ? undefined : schemeOf(hop.proto),
    host: hop?.host,
    port: undefined,
  };
}

/** A list with a member for each address has one for the client; of any other list the last was written by the peer. */
function saidInFields(claims: Claims, { hops }: Hops, { index }: Beginning): Said {
  const place = (list: readonly string[]): string | undefined =>
    list.length === hops.length ? list[index] : list.at(-1);
  return {
    scheme: claimedScheme(claims, place),
    host: place(listOf(claims["x-forwarded-host"])),
    port: place(listOf(claims["x-forwarded-port"])),
  };
}

function forwardedVars(
  chain: readonly string[],
  scheme: string,
  authority: Authority | undefined,
  port: string | undefined,
): (readonly [string, string])[] {
  const vars: (readonly [string, string])[] = [
    ["HTTP_X_FORWARDED_FOR", chain.filter((address) => address !== "").join(", ")],
    ["HTTP_X_FORWARDED_PROTO", scheme],
  ];
  if (authority) vars.push(["HTTP_X_FORWARDED_HOST", authority.text]);
  if (port !== undefined) vars.push(["HTTP_X_FORWARDED_PORT", port]);
  return vars;
}

function isPort(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535;
}
