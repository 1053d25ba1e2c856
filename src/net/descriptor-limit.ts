import { readFileSync } from "node:fs";

/** Descriptors that are left to files, logs and the like. */
const RESERVE = 64;
/** Part of the descriptors that peers who connect may take. */
const SHARE = 0.8;
const FEWEST_CONNECTIONS = 16;

/** How many descriptors this process may hold (`ulimit -n`); `undefined`: no limit, or the system does not tell. */
export function descriptorLimit(): number | undefined {
  try {
    return descriptorLimitIn(readFileSync("/proc/self/limits", "utf8"));
  } catch {
    return undefined;
  }
}

/** The limit in a table such as `/proc/self/limits`: the one in force, which is the first of the two. */
export function descriptorLimitIn(table: string): number | undefined {
  const [, limit] = /^Max open files\s+(\d+)\s/m.exec(table) ?? [];
  return limit === undefined ? undefined : Number(limit);
}

/**
 * Connections that may be open at the same time, so that descriptors are left for everything else.
 *
 * @param limit - That of {@link descriptorLimit}.
 * @param wanted - 0: 80 % of the limit, less 64.
 */
export function connectionShare(limit: number | undefined, wanted: number): number {
  if (wanted > 0) return wanted;
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(FEWEST_CONNECTIONS, Math.floor(limit * SHARE) - RESERVE);
}

/**
 * Connections to each of several servers, so that clients and servers together stay within the limit.
 *
 * @param limit - That of {@link descriptorLimit}.
 */
export function serverShare(
  limit: number | undefined,
  {
    clients,
    servers,
    wanted,
  }: { readonly clients: number; readonly servers: number; readonly wanted: number },
): number {
  if (limit === undefined) return wanted;
  const left = Math.max(limit - clients - RESERVE, limit * (1 - SHARE));
  return Math.min(wanted, Math.max(1, Math.floor(left / Math.max(1, servers))));
}
