import { ClientCounts } from "./client-counts.ts";
import { ClientTable } from "./client-table.ts";
import { LeakyBucket } from "./leaky-bucket.ts";
import type { RequestRate } from "./request-rate.ts";
import { ADMITTED, CROWDED, type Verdict } from "./verdict.ts";

/** What a {@link RateLimit} goes by. */
export interface RateLimitSettings {
  /** How many requests a client may send. @defaultValue as many as it likes */
  readonly rate?: RequestRate | undefined;
  /** What a client may have in progress at the same time; 0: as much as it likes. @defaultValue 0 */
  readonly inProgress?: number;
  /** Clients whose requests are remembered. @defaultValue 100 000 */
  readonly mostClients?: number;
  /** Microseconds of a clock, whole numbers. @defaultValue since the process started: a clock that never goes back */
  readonly nowUs?: () => number;
}

export const MOST_CLIENTS = 100_000;

/** Limits per client, and what its clients do. The one place that counts, for all processes that share it. */
export class RateLimit {
  readonly #table: ClientTable | undefined;
  readonly #counts: ClientCounts | undefined;
  readonly #most: number;
  readonly #nowUs: () => number;

  constructor(settings: RateLimitSettings) {
    const { rate, inProgress = 0, mostClients = MOST_CLIENTS, nowUs = monotonicUs } = settings;
    this.#table = rate && new ClientTable(new LeakyBucket(rate), mostClients);
    this.#counts = inProgress > 0 ? new ClientCounts() : undefined;
    this.#most = inProgress;
    this.#nowUs = nowUs;
  }

  /** Whether {@link leave} has to be called for what was admitted. */
  get counts(): boolean {
    return this.#counts !== undefined;
  }

  /** Clients that are remembered, and those that have something in progress. */
  get size(): { readonly clients: number; readonly inProgress: number } {
    return { clients: this.#table?.size ?? 0, inProgress: this.#counts?.size ?? 0 };
  }

  /** A client wants one more. What is refused as too much at the same time does not count for its rate. */
  admit(key: string): Verdict {
    if (this.#counts && this.#counts.of(key) >= this.#most) return CROWDED;
    const waitUs = this.#table?.take(key, this.#nowUs()) ?? 0;
    if (waitUs > 0) return waitUs;
    this.#counts?.add(key);
    return ADMITTED;
  }

  /** What was admitted for this client is over. To be called once for each. */
  leave(key: string): void {
    this.#counts?.remove(key);
  }
}

function monotonicUs(): number {
  return Math.floor(performance.now() * 1000);
}
