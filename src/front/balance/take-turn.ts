import type { Balanced } from "./balanced.ts";

/**
 * Smooth weighted round robin: each server earns its weight with every turn, who is owed most goes, and pays what all have earned.
 * Weights 5, 1, 1 make `a a b a c a a`, and not five in a row.
 *
 * @param candidates - At least one.
 */
export function takeTurn<T extends Balanced>(candidates: readonly T[]): T {
  let [chosen] = candidates as readonly [T];
  let total = 0;
  for (const server of candidates) {
    server.credit += server.weightNow;
    total += server.weightNow;
    if (server.credit > chosen.credit) chosen = server;
  }
  chosen.credit -= total;
  return chosen;
}
