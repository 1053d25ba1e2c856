/** Runs before memory is looked at for the first time: until then heap and allocator are still finding their size. */
const WARM_UP = 20_000;
/** Growth that is more than the noise of a garbage collector. */
const MAX_GROWTH_MIB = 20;

/** Watches what a process takes while a campaign runs. */
export class MemoryWatch {
  readonly #warmUp: number;
  readonly #rssMib: () => number;
  #before: number | undefined;

  constructor(runs: number, rssMib: () => number) {
    this.#warmUp = Math.min(WARM_UP, Math.floor(runs / 2));
    this.#rssMib = rssMib;
  }

  onRun(run: number): void {
    if (run >= this.#warmUp) this.#before ??= this.#rssMib();
  }

  /** @returns A line for people, and whether the process has grown too much. */
  result(): { readonly text: string; readonly isTooMuch: boolean } {
    const after = this.#rssMib();
    const before = this.#before ?? after;
    const text = `memory ${before.toFixed(0)} -> ${after.toFixed(0)} MiB`;
    return { text, isTooMuch: after - before > MAX_GROWTH_MIB };
  }
}
