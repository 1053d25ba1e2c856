import type { Balanced, BalancedRequest, Balancer } from "./balanced.ts";

/** A server that may or may not be chosen. */
export interface Choosable extends Balanced {
  /** Only when no other is usable. */
  readonly isBackup: boolean;
  /** Gets no new clients. */
  readonly isDraining: boolean;
  /** It may work on one more request at once. */
  readonly hasRoom: boolean;
  /** Looks at its health, and sets its weight of the moment. */
  isUsableAt(nowMs: number): boolean;
}

/** Nobody was asked before. */
export const NOBODY: readonly never[] = [];

/** The servers there are to choose from, the worse ones only when there are no better. */
export class ServerTable<T extends Choosable> {
  readonly #balancer: Balancer;
  readonly #candidates: T[] = [];
  #servers: readonly T[] = [];

  constructor(balancer: Balancer) {
    this.#balancer = balancer;
  }

  get servers(): readonly T[] {
    return this.#servers;
  }

  set servers(servers: readonly T[]) {
    this.#servers = servers;
    this.#balancer.setServers(servers);
  }

  /**
   * Choose a server: one that is usable and has room, else a backup that is and has, else one before which the request has to wait. When none
   * is usable, all are tried rather than none; the last are those that are draining.
   *
   * @param tried - Servers that are not to be chosen.
   * @returns `undefined` when all were tried.
   */
  pick(request: BalancedRequest, tried: readonly T[], nowMs: number): T | undefined {
    const candidates = this.#candidates;
    candidates.length = 0;
    let best = Number.POSITIVE_INFINITY;
    for (const server of this.#servers) {
      if (tried.length > 0 && tried.includes(server)) continue;
      const rank = rankOf(server, nowMs);
      if (rank > best) continue;
      if (rank < best) candidates.length = 0;
      best = rank;
      candidates.push(server);
    }
    return candidates.length < 2 ? candidates[0] : this.#balancer.pick(candidates, request);
  }

  /** The server that a client is to come back to, also one that is draining or full; `undefined` when it is not usable. */
  pinned(id: string, tried: readonly T[], nowMs: number): T | undefined {
    const server = this.#servers.find((known) => known.id === id);
    return server?.isUsableAt(nowMs) && !tried.includes(server) ? server : undefined;
  }
}

/** Less is better. */
function rankOf(server: Choosable, nowMs: number): number {
  const isUsable = server.isUsableAt(nowMs);
  if (server.isDraining) return isUsable ? 6 : 7;
  const backup = server.isBackup ? 1 : 0;
  if (!isUsable) return 4 + backup;
  return (server.hasRoom ? 0 : 2) + backup;
}
