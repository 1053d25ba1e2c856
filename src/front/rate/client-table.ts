import type { Bucket, LeakyBucket } from "./leaky-bucket.ts";

interface Entry extends Bucket {
  readonly key: string;
  older: Entry | undefined;
  younger: Entry | undefined;
}

/** Of so many that were not seen for the longest time one is chosen, when there is no room for a new client. */
const LOOKED_AT = 8;

/**
 * The buckets of the clients that were seen lately, never more than so many. Entries are in the order in which they were seen, refused requests
 * included: who goes on against a refusal stays young. When the table is full, the emptiest of the oldest goes. So nobody
 * gets rid of a full bucket by letting others come, unless they fill as many buckets as there is room for.
 *
 * A linked list, as a `Map` whose first key is taken away again and again has to step over all the gaps.
 */
export class ClientTable {
  readonly #rule: LeakyBucket;
  readonly #most: number;
  readonly #entries = new Map<string, Entry>();
  #oldest: Entry | undefined;
  #youngest: Entry | undefined;

  /** @param most - Clients that are remembered. */
  constructor(rule: LeakyBucket, most: number) {
    this.#rule = rule;
    this.#most = most;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** @returns 0: the request is taken. Else the microseconds until it would be. */
  take(key: string, nowUs: number): number {
    let entry = this.#entries.get(key);
    if (entry) {
      if (entry !== this.#youngest) {
        this.#unlink(entry);
        this.#append(entry);
      }
    } else {
      this.#makeRoom(nowUs);
      entry = { key, level: 0, atUs: nowUs, older: undefined, younger: undefined };
      this.#entries.set(key, entry);
      this.#append(entry);
    }
    return this.#rule.take(entry, nowUs);
  }

  /** Forget who has an empty bucket among the oldest; when nobody has, and only then, the emptiest of them. */
  #makeRoom(nowUs: number): void {
    let emptiest: Entry | undefined;
    let entry = this.#oldest;
    for (let looked = 0; entry && looked < LOOKED_AT; looked += 1) {
      const { younger } = entry;
      this.#rule.leakUntil(entry, nowUs);
      if (entry.level === 0) this.#forget(entry);
      else if (!emptiest || entry.level < emptiest.level) emptiest = entry;
      entry = younger;
    }
    if (emptiest && this.#entries.size >= this.#most) this.#forget(emptiest);
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.key);
    this.#unlink(entry);
  }

  #unlink(entry: Entry): void {
    const { older, younger } = entry;
    if (older) older.younger = younger;
    else this.#oldest = younger;
    if (younger) younger.older = older;
    else this.#youngest = older;
  }

  #append(entry: Entry): void {
    entry.older = this.#youngest;
    entry.younger = undefined;
    if (this.#youngest) this.#youngest.younger = entry;
    else this.#oldest = entry;
    this.#youngest = entry;
  }
}
