import type { Balanced, Balancer } from "./balanced.ts";
import { takeTurn } from "./take-turn.ts";

/** All servers in turn, by their weights. */
export class RoundRobin implements Balancer {
  pick<T extends Balanced>(candidates: readonly T[]): T {
    return takeTurn(candidates);
  }

  setServers(): void {}
}
