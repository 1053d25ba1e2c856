import type { RequestRate } from "./request-rate.ts";

/** What is known of one client. */
export interface Bucket {
  /** What is in it and has not leaked yet: a request puts in the microseconds of the rate's period. Always an integer. */
  level: number;
  /** When that was so, in microseconds. */
  atUs: number;
}

const MICROSECONDS = 1_000_000;

/**
 * The arithmetic of a bucket that leaks at the rate and holds the burst, as `limit_req` of nginx with `nodelay`: whoever comes when it is full is
 * refused, and puts nothing in. In any time T at most `rate * T + burst + 1` requests are taken, the 1 being the one that is due.
 *
 * All values are integers below 2^53, so that nothing is ever rounded.
 */
export class LeakyBucket {
  /** What a request puts in. */
  readonly #perRequest: number;
  /** What leaks in a microsecond. */
  readonly #leak: number;
  /** A request is taken while no more than this is in. */
  readonly #brim: number;
  readonly #emptyAfterUs: number;

  constructor({ requests, perSeconds = 1, burst = 0 }: RequestRate) {
    this.#perRequest = perSeconds * MICROSECONDS;
    this.#leak = requests;
    this.#brim = burst * this.#perRequest;
    this.#emptyAfterUs = Math.floor((this.#brim + this.#perRequest) / requests) + 1;
  }

  /**
   * Take a request, if there is room for it.
   *
   * @param nowUs - A whole number. When the clock has gone back, nothing leaks until it goes on.
   * @returns 0: taken. Else the microseconds until there is room.
   */
  take(bucket: Bucket, nowUs: number): number {
    this.leakUntil(bucket, nowUs);
    const excess = bucket.level - this.#brim;
    if (excess > 0) return Math.ceil(excess / this.#leak);
    bucket.level += this.#perRequest;
    return 0;
  }

  /** Let out what leaks until now. An empty bucket is as good as none. */
  leakUntil(bucket: Bucket, nowUs: number): void {
    const elapsedUs = nowUs - bucket.atUs;
    bucket.atUs = nowUs;
    if (elapsedUs <= 0) return;
    // A longer time would only make the product inexact.
    if (elapsedUs >= this.#emptyAfterUs) bucket.level = 0;
    else bucket.level = Math.max(0, bucket.level - elapsedUs * this.#leak);
  }
}

/** The value of Retry-After: whole seconds, rounded up, so that who obeys is served. */
export function retryAfterSeconds(waitUs: number): number {
  return Math.max(1, Math.ceil(waitUs / MICROSECONDS));
}
