import type { Balanced } from "./balanced.ts";
import { keyHash } from "./key-hash.ts";

/** Points on the ring for a weight of 1. More spread the keys more evenly, and take longer to build. */
const POINTS = 160;
/** Two numbers of 32 bits side by side in one that a double holds: 21 bits are left for the server. */
const SHIFT = 2 ** 21;

/**
 * Consistent hashing: each server owns many points of a ring, a key belongs to the next point. A server that comes or goes moves the keys
 * of its own points only, about one in n.
 */
export class HashRing {
  readonly #servers: readonly Balanced[];
  readonly #places: Uint32Array;
  readonly #owners: Uint32Array;

  constructor(servers: readonly Balanced[]) {
    this.#servers = servers;
    const points = servers.flatMap(({ id, weight }, owner) =>
      Array.from({ length: POINTS * weight }, (_, point) => keyHash(`${id}#${point}`) * SHIFT + owner),
    );
    const sorted = Float64Array.from(points).sort();
    this.#places = Uint32Array.from(sorted, (point) => Math.floor(point / SHIFT));
    this.#owners = Uint32Array.from(sorted, (point) => point % SHIFT);
  }

  /** Who owns the key among the candidates: the keys of a server that is none go to the next ones on the ring, not all to one. */
  pick<T extends Balanced>(candidates: readonly T[], key: string): T {
    const { length } = this.#places;
    const start = this.#placeOf(keyHash(key));
    for (let step = 0; step < length; step += 1) {
      const server = this.#servers[this.#owners[(start + step) % length] as number] as T;
      if (candidates.includes(server)) return server;
    }
    return candidates[0] as T;
  }

  /** The first point at or behind the hash; past the last one the first. */
  #placeOf(hash: number): number {
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#places[middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    return low === this.#places.length ? 0 : low;
  }
}
