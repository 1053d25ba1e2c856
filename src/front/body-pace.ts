/** What is asked of a client that sends a body. */
export interface BodyPaceLimits {
  /** Longest silence. */
  readonly bodyTimeoutMs: number;
  /** Bytes in a second, on the average; 0: a byte now and then will do. */
  readonly bodyMinRate: number;
}

/** The first bytes may take their time: connections begin slowly. */
const GRACE_MS = 20_000;
const SECOND_MS = 1000;

/**
 * How long a client is waited for inside its request body: not in silence for longer than that, and altogether for 20 seconds and as long as
 * the bytes that came take at the slowest rate. Otherwise a byte now and then would hold a connection for days. Only the
 * time in which the client is waited for counts, not that of a disk or a worker.
 */
export class BodyPace {
  readonly #limits: BodyPaceLimits;
  #waitingSince: number | undefined;
  #waitedMs = 0;
  #received = 0;

  constructor(limits: BodyPaceLimits) {
    this.#limits = limits;
  }

  /** The client is waited for. @returns until when */
  wait(now: number): number {
    this.#waitingSince ??= now;
    const { bodyTimeoutMs } = this.#limits;
    return now + Math.min(bodyTimeoutMs, this.#leftMs(now));
  }

  /** Bytes have come, and for the moment nobody waits for more. */
  receive(now: number, bytes: number): void {
    this.#waitedMs += now - (this.#waitingSince ?? now);
    this.#waitingSince = undefined;
    this.#received += bytes;
  }

  /** What a client did that was waited for until now. */
  fault(now: number): string {
    const { bodyTimeoutMs, bodyMinRate } = this.#limits;
    return this.#leftMs(now) < 1
      ? `the request body arrived at less than ${bodyMinRate} bytes a second`
      : `no byte of the request body arrived for ${bodyTimeoutMs} ms`;
  }

  #leftMs(now: number): number {
    const { bodyMinRate } = this.#limits;
    if (bodyMinRate === 0) return Number.POSITIVE_INFINITY;
    const waitedMs = this.#waitedMs + now - (this.#waitingSince ?? now);
    return GRACE_MS + (this.#received / bodyMinRate) * SECOND_MS - waitedMs;
  }
}
