/** Growth that is more than the noise of a garbage collector. */
const MAX_GROWTH_MIB = 20;
const SAMPLES = 200;
const QUARTERS = 4;
/** Until then heap and allocator are still finding their size. */
const WARM_UP = 5000;

/**
 * Watches what a process takes while a campaign runs. Garbage comes and goes; what counts is what is there between: the lowest value
 * in the first quarter of the runs that begins warm, and in the last.
 */
export class MemoryWatch {
  readonly #runs: number;
  readonly #rssMib: () => number;
  readonly #lowest: number[] = Array.from({ length: QUARTERS }, () => Number.POSITIVE_INFINITY);

  constructor(runs: number, rssMib: () => number) {
    this.#runs = runs;
    this.#rssMib = rssMib;
  }

  onRun(run: number): void {
    if (run % Math.ceil(this.#runs / SAMPLES) !== 0) return;
    const quarter = Math.floor((QUARTERS * run) / this.#runs);
    this.#lowest[quarter] = Math.min(this.#lowest[quarter] ?? Number.POSITIVE_INFINITY, this.#rssMib());
  }

  /** @returns A line for people, and whether the process has grown too much. */
  result(): { readonly text: string; readonly isTooMuch: boolean } {
    const after = this.#lowest.at(-1) ?? 0;
    const before = this.#lowest.find((_, quarter) => quarter * this.#runs >= QUARTERS * WARM_UP) ?? after;
    const isTooMuch = after - before > MAX_GROWTH_MIB;
    const values = this.#lowest.map((value) => value.toFixed(0)).join(", ");
    return { text: `${isTooMuch ? "FOUND growth: " : ""}memory by quarters: ${values} MiB`, isTooMuch };
  }
}
