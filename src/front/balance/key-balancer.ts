import type { Balanced, BalancedRequest, Balancer } from "./balanced.ts";
import { HashRing } from "./hash-ring.ts";

/** The same server for the same key, as long as it can be chosen. */
export class KeyBalancer implements Balancer {
  readonly #keyOf: (request: BalancedRequest) => string;
  #ring = new HashRing([]);

  constructor(keyOf: (request: BalancedRequest) => string) {
    this.#keyOf = keyOf;
  }

  pick<T extends Balanced>(candidates: readonly T[], request: BalancedRequest): T {
    return this.#ring.pick(candidates, this.#keyOf(request));
  }

  setServers(servers: readonly Balanced[]): void {
    this.#ring = new HashRing(servers);
  }
}
