/** Limits of {@link HeldFiles}. */
export interface HeldLimits {
  /** Of all that is held, keys included. */
  readonly maxBytes: number;
  readonly maxCount: number;
  /** What was read from the disk longer ago is read again. */
  readonly maxAgeMs: number;
}

interface Held<T> {
  readonly value: T;
  readonly bytes: number;
  readonly readAtMs: number;
  /** When it was moved to the end of the table. */
  movedAtMs: number;
}

/** Moving costs more than finding: what is asked for a thousand times a second is moved ten times. */
const MOVE_AFTER_MS = 100;

/** Per entry: what the table and its objects take themselves. */
const ENTRY_BYTES = 200;

/**
 * What was last found on the disk, the most recently used of it, for a short time. It knows no clock: the time is an argument.
 */
export class HeldFiles<T> {
  readonly #limits: HeldLimits;
  /** A Map keeps the order of insertion: the first is the one that was not asked for the longest. */
  readonly #entries = new Map<string, Held<T>>();
  #bytes = 0;

  constructor(limits: HeldLimits) {
    this.#limits = limits;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get count(): number {
    return this.#entries.size;
  }

  /** @returns `undefined` when it is not held, or was read too long ago. */
  get(key: string, nowMs: number): T | undefined {
    const held = this.#entries.get(key);
    if (held === undefined) return undefined;
    if (nowMs - held.readAtMs >= this.#limits.maxAgeMs) {
      this.#drop(key);
      return undefined;
    }
    if (nowMs - held.movedAtMs >= MOVE_AFTER_MS) this.#move(key, held, nowMs);
    return held.value;
  }

  /**
   * Hold a value, in place of what goes beyond the limits, or not at all when it alone does.
   *
   * @param readAtMs - A time before the disk was asked.
   */
  put(key: string, value: T, { contentBytes, readAtMs }: { contentBytes: number; readAtMs: number }): void {
    this.#drop(key);
    const bytes = contentBytes + 2 * key.length + ENTRY_BYTES;
    if (bytes > this.#limits.maxBytes) return;
    this.#entries.set(key, { value, bytes, readAtMs, movedAtMs: readAtMs });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#limits.maxBytes && this.#entries.size <= this.#limits.maxCount) break;
      this.#drop(oldest);
    }
  }

  #move(key: string, held: Held<T>, nowMs: number): void {
    held.movedAtMs = nowMs;
    this.#entries.delete(key);
    this.#entries.set(key, held);
  }

  #drop(key: string): void {
    const held = this.#entries.get(key);
    if (held === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= held.bytes;
  }
}
