const SHORTEST_MS = 1000;
const LONGEST_MS = 30_000;
/** Where the source of an answer does not say how long it holds. */
const USUAL_MS = 5000;

/**
 * When to ask again.
 *
 * @param ttlMs - What the answer said; `undefined`: nothing, or there was no answer.
 * @param intervalMs - What the configuration says; 0: nothing.
 */
export function resolvePauseMs(ttlMs: number | undefined, intervalMs: number): number {
  if (intervalMs > 0) return intervalMs;
  return Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ttlMs ?? USUAL_MS));
}
