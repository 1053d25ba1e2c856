import type { LimitAnswer, LimitQuestion } from "./limit-channel.ts";
import type { RateLimit } from "./rate-limit.ts";
import { ADMITTED } from "./verdict.ts";

/** Number of a request to the client it is counted for. */
type Held = Map<number, string>;

/**
 * Counts for several processes, which ask it about each request. It remembers what each of them has in progress: what a process takes
 * with it when it ends is over as well.
 */
export class LimitDesk {
  readonly #limits: readonly RateLimit[];
  readonly #held = new Map<number, Held[]>();

  constructor(limits: readonly RateLimit[]) {
    this.#limits = limits;
  }

  /** @returns `undefined`: nothing was asked, only told. */
  respond(process: number, { limit: place, first, keys, over }: LimitQuestion): LimitAnswer | undefined {
    const limit = this.#limits[place];
    if (!limit) return undefined;
    const held = this.#heldBy(process, place);
    const verdicts = keys.map((key, index) => {
      const verdict = limit.admit(key);
      if (verdict === ADMITTED && limit.counts) held.set(first + index, key);
      return verdict;
    });
    for (const number of over) {
      const key = held.get(number);
      if (key === undefined) continue;
      held.delete(number);
      limit.leave(key);
    }
    return keys.length === 0 ? undefined : { limit: place, first, verdicts };
  }

  /** A process has ended. */
  forget(process: number): void {
    const all = this.#held.get(process) ?? [];
    this.#held.delete(process);
    for (const [place, held] of all.entries()) {
      for (const key of held.values()) this.#limits[place]?.leave(key);
    }
  }

  #heldBy(process: number, place: number): Held {
    let all = this.#held.get(process);
    if (!all) {
      all = this.#limits.map(() => new Map());
      this.#held.set(process, all);
    }
    return all[place] as Held;
  }
}
