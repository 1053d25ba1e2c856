/** A source of numbers in [0, 1) that gives the same numbers for the same seed. */
export type Random = () => number;

/** Numbers drawn from a seed and a text: every case has numbers of its own, whatever runs beside it. */
export function seededRandom(seed: number, text: string): Random {
  let state = (seed ^ 0x9e3779b9) >>> 0;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
