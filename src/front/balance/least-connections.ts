import type { Balanced, Balancer } from "./balanced.ts";
import { takeTurn } from "./take-turn.ts";

/** The server with the fewest requests for its weight; those that have equally few take turns. */
export class LeastConnections implements Balancer {
  readonly #ties: Balanced[] = [];

  pick<T extends Balanced>(candidates: readonly T[]): T {
    const ties = this.#ties as T[];
    ties.length = 0;
    let fewest = Number.POSITIVE_INFINITY;
    for (const server of candidates) {
      const load = server.open / server.weightNow;
      if (load > fewest) continue;
      if (load < fewest) ties.length = 0;
      fewest = load;
      ties.push(server);
    }
    return ties.length === 1 ? (ties[0] as T) : takeTurn(ties);
  }

  setServers(): void {}
}
