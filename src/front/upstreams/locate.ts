import type { Target } from "../../net/endpoint.ts";
import type { NamedPlace } from "../balance/server-spec.ts";
import type { ResolvedHost, Resolver, ServiceRecord } from "./resolver.ts";

/** A server that a name leads to. */
export interface LocatedServer {
  readonly target: Target;
  /** What the SRV record says; `undefined`: nothing. */
  readonly weight: number | undefined;
  /** The SRV record prefers others. */
  readonly isBackup: boolean;
}

/** Where a name leads, and for how long. */
export interface Located {
  readonly servers: readonly LocatedServer[];
  readonly ttlMs: number | undefined;
}

const MAX_WEIGHT = 256;

/**
 * Ask where a name leads.
 *
 * @throws when it leads nowhere, or nobody can tell.
 */
export async function locate(place: NamedPlace, resolver: Resolver): Promise<Located> {
  if (place.type === "service") return locateService(place.name, resolver);
  const { addresses, ttlMs } = await resolver.resolveHost(place.host);
  return known(place.host, { servers: serversAt(addresses, place.port, undefined, false), ttlMs });
}

/** The TTL of SRV records is not told: that of the hosts counts. */
async function locateService(name: string, resolver: Resolver): Promise<Located> {
  const records = await resolver.resolveService(name);
  const best = Math.min(...records.map(({ priority }) => priority));
  const hosts = await Promise.allSettled(records.map(({ host }) => resolver.resolveHost(host)));
  const servers = hosts.flatMap((host, index) => {
    const { port, weight, priority } = records[index] as ServiceRecord;
    if (host.status === "rejected") return [];
    return serversAt(host.value.addresses, port, Math.min(MAX_WEIGHT, Math.max(1, weight)), priority > best);
  });
  const ttls = hosts.flatMap((host) => (host.status === "rejected" ? [] : (host.value.ttlMs ?? [])));
  return known(name, { servers, ttlMs: ttls.length === 0 ? undefined : Math.min(...ttls) });
}

function serversAt(
  addresses: ResolvedHost["addresses"],
  port: number,
  weight: number | undefined,
  isBackup: boolean,
): LocatedServer[] {
  return addresses.map((host) => ({ target: { type: "tcp", host, port }, weight, isBackup }));
}

function known(name: string, located: Located): Located {
  if (located.servers.length === 0) throw new Error(`${name} has no address`);
  return located;
}
