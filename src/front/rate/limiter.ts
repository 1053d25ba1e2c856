import type { RateLimit } from "./rate-limit.ts";
import { ADMITTED, type Verdict } from "./verdict.ts";

/** Whoever says what becomes of a request. */
export interface Limiter {
  /**
   * A client wants one more.
   *
   * @param onVerdict - Called once when the verdict is known, unless it is at once.
   */
  enter(key: string, onVerdict: () => void): LimitTicket;
}

/** What a client has in progress, or was refused. */
export interface LimitTicket {
  /** `undefined`: not known yet. */
  readonly verdict: Verdict | undefined;
  /** It is over. May be called before there is a verdict, and again: what was counted is given back once. */
  leave(): void;
}

/** Asks a {@link RateLimit} of this process. */
export class LocalLimiter implements Limiter {
  readonly #limit: RateLimit;

  constructor(limit: RateLimit) {
    this.#limit = limit;
  }

  enter(key: string): LimitTicket {
    return new LocalTicket(this.#limit, key);
  }
}

class LocalTicket implements LimitTicket {
  readonly verdict: Verdict;
  readonly #limit: RateLimit;
  readonly #key: string;
  #isCounted: boolean;

  constructor(limit: RateLimit, key: string) {
    this.#limit = limit;
    this.#key = key;
    this.verdict = limit.admit(key);
    this.#isCounted = this.verdict === ADMITTED;
  }

  leave(): void {
    if (!this.#isCounted) return;
    this.#isCounted = false;
    this.#limit.leave(this.#key);
  }
}
