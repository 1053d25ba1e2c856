import { promises as dns } from "node:dns";
import { readFile } from "node:fs/promises";
import { hostsOf } from "../balance/hosts-file.ts";
import type { ResolvedHost, Resolver, ServiceRecord } from "./resolver.ts";

const HOSTS_FILE = "/etc/hosts";
const QUERIES = { timeout: 2000, tries: 2 };
const SECOND_MS = 1000;

/**
 * Names as this machine resolves them: the hosts file, then DNS, which says how long its answer holds, then whatever else the system asks,
 * with its search domains.
 */
export const SYSTEM_RESOLVER: Resolver = { resolveHost, resolveService };

async function resolveHost(host: string): Promise<ResolvedHost> {
  if (await isInHostsFile(host)) return lookUp(host);
  const resolver = new dns.Resolver(QUERIES);
  const answers = await Promise.allSettled([
    resolver.resolve4(host, { ttl: true }),
    resolver.resolve6(host, { ttl: true }),
  ]);
  const records = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
  if (records.length === 0) return lookUp(host);
  return {
    addresses: records.map(({ address }) => address),
    ttlMs: Math.min(...records.map(({ ttl }) => ttl)) * SECOND_MS,
  };
}

async function resolveService(name: string): Promise<readonly ServiceRecord[]> {
  const records = await new dns.Resolver(QUERIES).resolveSrv(name);
  return records.map(({ name: host, port, priority, weight }) => ({ host, port, priority, weight }));
}

async function lookUp(host: string): Promise<ResolvedHost> {
  const found = await dns.lookup(host, { all: true });
  return { addresses: found.map(({ address }) => address), ttlMs: undefined };
}

async function isInHostsFile(host: string): Promise<boolean> {
  const text = await readFile(HOSTS_FILE, "utf8").catch(() => "");
  return hostsOf(text).has(host.toLowerCase());
}
