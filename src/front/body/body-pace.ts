/** How slowly a client may send a request body. */
export interface BodyPaceLimits {
  /** Longest silence. */
  readonly bodyTimeoutMs: number;
  /** Bytes in a second; 0: any. */
  readonly minBodyRate: number;
  /** Time that is given beyond what that rate needs. */
  readonly minBodyRateAfterMs: number;
}

/**
 * Until when the next bytes of a request body have to come. A client that sends a byte now and then is never silent, and would hold its
 * place for ever: all of the time that it is waited for may be no more than its bytes take at the lowest rate, and a grace. Time in which nobody reads does
 * not count.
 */
export class BodyPace {
  readonly #limits: BodyPaceLimits;
  #bytes = 0;
  #waitedMs = 0;
  #since: number | undefined;

  constructor(limits: BodyPaceLimits) {
    this.#limits = limits;
  }

  /** Bytes have come, or nobody waits for any just now. */
  pause(now: number, bytes = 0): void {
    this.#bytes += bytes;
    if (this.#since !== undefined) this.#waitedMs += now - this.#since;
    this.#since = undefined;
  }

  /** Somebody waits for bytes. @returns Until when. */
  wait(now: number): number {
    const { bodyTimeoutMs, minBodyRate, minBodyRateAfterMs } = this.#limits;
    this.#since = now;
    if (minBodyRate === 0) return now + bodyTimeoutMs;
    const allowedMs = minBodyRateAfterMs + (this.#bytes * 1000) / minBodyRate;
    return now + Math.min(bodyTimeoutMs, Math.max(0, allowedMs - this.#waitedMs));
  }

  /** Why it was waited for in vain. */
  complaint(now: number): string {
    const { bodyTimeoutMs, minBodyRate } = this.#limits;
    const silentMs = this.#since === undefined ? 0 : now - this.#since;
    return minBodyRate === 0 || silentMs >= bodyTimeoutMs
      ? `no byte of the request body arrived for ${bodyTimeoutMs} ms`
      : `the request body arrives at less than ${minBodyRate} bytes in a second`;
  }
}
