const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 30_000;

/** How long to wait before a process that failed is started again: not at all, then 1 s, 2 s, 4 s and so on, at most 30 s. */
export class BackOff {
  #failures = 0;

  /** Count a failure. @returns Milliseconds to wait. */
  next(): number {
    const delay =
      this.#failures === 0 ? 0 : Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (this.#failures - 1));
    this.#failures += 1;
    return delay;
  }

  reset(): void {
    this.#failures = 0;
  }
}
