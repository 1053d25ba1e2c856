const JITTER = 0.1;

/** A pause that differs by up to 10 %, so that many who wait do not act together. @param random - A number from 0 to 1. */
export function randomPauseMs(pauseMs: number, random: number): number {
  return pauseMs * (1 - JITTER + 2 * JITTER * random);
}
