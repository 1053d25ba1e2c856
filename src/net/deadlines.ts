/** Something that has to happen before a point in time. */
export interface Deadlined {
  /** Milliseconds on the clock of {@link Deadlines.now}; Infinity: no deadline at present. */
  deadline: number;
  /** Owned by {@link Deadlines}: where the item stands in its list; -1 outside. */
  slot: number;
  onDeadline(): void;
}

const MAX_TICK_MS = 250;
const MIN_TICK_MS = 5;

/**
 * The open connections of a server and their absolute deadlines, looked at by one timer. Setting a deadline is an assignment, so that a
 * connection that lives for a millisecond pays nothing for being watched. A deadline is met late by at most one tick.
 *
 * They are looked at behind the sockets: when the process stood still, what has arrived meanwhile is read first, and is not late.
 *
 * The list is an array in which the last item takes the place of one that goes. A `Set` would do, but its discarded tables keep
 * what they held alive until a full collection: with a connection per request that cost a quarter of the throughput.
 */
export class Deadlines<T extends Deadlined> {
  readonly #items: T[] = [];
  readonly #tickMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param shortestMs - The shortest limit that will be set: a tick is a quarter of it, at most 250 ms. */
  constructor(shortestMs: number) {
    this.#tickMs = Math.max(MIN_TICK_MS, Math.min(MAX_TICK_MS, shortestMs / 4));
  }

  /** Milliseconds on a clock that never goes back. */
  get now(): number {
    return performance.now();
  }

  get size(): number {
    return this.#items.length;
  }

  /** The items at present, in no particular order. */
  snapshot(): T[] {
    return [...this.#items];
  }

  watch(item: T): void {
    item.slot = this.#items.length;
    this.#items.push(item);
    this.#timer ??= setInterval(() => this.#tick(), this.#tickMs).unref();
  }

  forget(item: T): void {
    const last = this.#items.pop();
    if (last && last !== item) {
      this.#items[item.slot] = last;
      last.slot = item.slot;
    }
    item.slot = -1;
  }

  /** Stop the timer. Deadlines that are still watched are not met any more. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    setImmediate(() => {
      if (this.#timer) this.#sweep();
    });
  }

  #sweep(): void {
    const now = this.now;
    // Backwards: an item that goes meanwhile is replaced by one that was looked at already.
    for (let slot = this.#items.length - 1; slot >= 0; slot -= 1) {
      const item = this.#items[slot];
      if (item && item.deadline <= now) item.onDeadline();
    }
  }
}
