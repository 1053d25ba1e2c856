/**
 * Decides from what a watching thread sees whether an event loop is stuck: pure, the clock is given.
 */
export class StuckLoop {
  readonly #limitMs: number;
  #beats = -1;
  #changedAt = 0;
  #lookedAt = Number.NaN;

  constructor(limitMs: number) {
    this.#limitMs = limitMs;
  }

  /**
   * @param beats - What the loop has counted.
   * @param now - Milliseconds on a clock that never goes back.
   * @param lookEveryMs - How often this is called; when it was not, the whole process stood still, and nobody is to blame.
   */
  isStuck(beats: number, now: number, lookEveryMs: number): boolean {
    const wasAway = !(now - this.#lookedAt <= 5 * lookEveryMs);
    this.#lookedAt = now;
    if (beats !== this.#beats || wasAway) {
      this.#beats = beats;
      this.#changedAt = now;
    }
    return now - this.#changedAt >= this.#limitMs;
  }
}
