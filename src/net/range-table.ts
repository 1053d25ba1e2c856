import type { IpRange } from "./ip-range.ts";

/** A range, and what an address in it means. */
export interface RangeEntry {
  readonly range: IpRange;
  /** From 1 to 255. Of two entries for the same range the higher one counts. */
  readonly value: number;
}

/**
 * Which of many ranges of one family is the narrowest around an address. The ranges, which lie within each other or apart, are laid out once as
 * stretches in their order: a search in 50 000 of them takes 17 steps.
 */
export class RangeTable {
  readonly #width: number;
  /** The first address of each stretch, `#width` words each. It ends where the next one begins; of those that begin together the last counts. */
  readonly #starts: Uint32Array;
  readonly #values: Uint8Array;

  /** @param width - Words of an address: 1 for IPv4, 4 for IPv6. */
  constructor(entries: readonly RangeEntry[], width: 1 | 4) {
    const stretches = layOut([...entries].sort(compareEntries), width);
    this.#width = width;
    this.#starts = new Uint32Array(stretches.length * width);
    this.#values = new Uint8Array(stretches.length);
    for (const [index, { start, value }] of stretches.entries()) {
      this.#starts.set(start, index * width);
      this.#values[index] = value;
    }
  }

  /** The value of the narrowest range around an address; 0: there is none. */
  find(words: readonly number[]): number {
    let low = 0;
    let high = this.#values.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#isBefore(words, middle)) high = middle - 1;
      else low = middle;
    }
    return this.#values[low] as number;
  }

  /** Whether an address lies before the start of a stretch. */
  #isBefore(words: readonly number[], stretch: number): boolean {
    const at = stretch * this.#width;
    for (let index = 0; index < this.#width; index += 1) {
      const start = this.#starts[at + index] as number;
      const word = words[index] as number;
      if (word !== start) return word < start;
    }
    return false;
  }
}

interface Stretch {
  readonly start: readonly number[];
  readonly value: number;
}

/** A range before those that lie within it. */
function compareEntries(a: RangeEntry, b: RangeEntry): number {
  return compareWords(a.range.first, b.range.first) || a.range.bits - b.range.bits || a.value - b.value;
}

function layOut(sorted: readonly RangeEntry[], width: number): Stretch[] {
  const stretches: Stretch[] = [{ start: new Array<number>(width).fill(0), value: 0 }];
  /** The ranges around the present place, the narrowest last. */
  const around: RangeEntry[] = [];
  const leave = (): void => {
    const left = around.pop();
    const start = left && wordsAfter(left.range.last);
    if (start) stretches.push({ start, value: around.at(-1)?.value ?? 0 });
  };
  for (const entry of sorted) {
    const start = entry.range.first;
    while (around.length > 0 && compareWords((around.at(-1) as RangeEntry).range.last, start) < 0) leave();
    stretches.push({ start, value: entry.value });
    around.push(entry);
  }
  while (around.length > 0) leave();
  return stretches;
}

function compareWords(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < a.length; index += 1) {
    const difference = (a[index] as number) - (b[index] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The next address; `undefined` behind the last there is. */
function wordsAfter(words: readonly number[]): number[] | undefined {
  const next = [...words];
  for (let index = next.length - 1; index >= 0; index -= 1) {
    next[index] = (next[index] as number) + 1;
    if (next[index] !== 2 ** 32) return next;
    next[index] = 0;
  }
  return undefined;
}
