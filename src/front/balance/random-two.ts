import type { Balanced, Balancer } from "./balanced.ts";

/** Of two servers chosen by lot, the one with fewer requests for its weight. Many fronts that know nothing of each other do not all choose the same. */
export class RandomTwo implements Balancer {
  readonly #random: () => number;

  /** @param random - A number from 0 to 1, 1 excluded. */
  constructor(random: () => number) {
    this.#random = random;
  }

  pick<T extends Balanced>(candidates: readonly T[]): T {
    if (candidates.length === 1) return candidates[0] as T;
    const first = this.#draw(candidates, undefined);
    const second = this.#draw(candidates, first);
    return second.open / second.weightNow < first.open / first.weightNow ? second : first;
  }

  setServers(): void {}

  #draw<T extends Balanced>(candidates: readonly T[], except: T | undefined): T {
    let total = 0;
    for (const server of candidates) if (server !== except) total += server.weightNow;
    let left = this.#random() * total;
    let drawn = candidates[0] as T;
    for (const server of candidates) {
      if (server === except) continue;
      drawn = server;
      left -= server.weightNow;
      if (left < 0) break;
    }
    return drawn;
  }
}
