import type { BalancedRequest } from "../../../src/front/balance/balanced.ts";
import type { Choosable } from "../../../src/front/balance/server-table.ts";

/** A server of a table: everything about it can be set. */
export interface TableServer extends Choosable {
  open: number;
  isUsable: boolean;
}

export function server(id: string, traits: Partial<TableServer> = {}): TableServer {
  const { weight = 1 } = traits;
  const defaults = { id, weight, weightNow: weight, open: 0, credit: 0 };
  return {
    ...defaults,
    isBackup: false,
    isDraining: false,
    hasRoom: true,
    isUsable: true,
    isUsableAt() {
      return this.isUsable;
    },
    ...traits,
  };
}

export function requestFor(pathInfo: string, remoteAddress = "192.0.2.1"): BalancedRequest {
  return { parsed: { pathInfo }, client: { remoteAddress } };
}

/** How often each was chosen. */
export function tally(chosen: readonly { readonly id: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { id } of chosen) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}

/** Numbers that look random and are the same each time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
