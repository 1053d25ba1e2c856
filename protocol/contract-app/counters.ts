/** What a route did in one run of a case, told by `/counts/TOKEN`. */
export interface Counters {
  calls: number;
  closes: number;
  blocks: number;
  note: string;
}

const counters = new Map<string, Counters>();
/** Runs are short: the oldest are forgotten. */
const MAX_REMEMBERED = 10_000;

export function countersOf(token: string): Counters {
  let found = counters.get(token);
  if (!found) {
    const [oldest] = counters.keys();
    if (counters.size >= MAX_REMEMBERED && oldest !== undefined) counters.delete(oldest);
    found = { calls: 0, closes: 0, blocks: 0, note: "" };
    counters.set(token, found);
  }
  return found;
}

/** A body that counts the blocks taken from it, and how often it is closed. */
export class CountedBody implements AsyncIterable<Uint8Array> {
  readonly #counters: Counters;
  readonly #blocks: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

  constructor(token: string, blocks: () => Iterable<Uint8Array> | AsyncIterable<Uint8Array>) {
    this.#counters = countersOf(token);
    this.#blocks = blocks;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const block of this.#blocks()) {
      this.#counters.blocks += 1;
      yield block;
    }
  }

  close(): void {
    this.#counters.closes += 1;
  }
}
