/** How much each client has in progress. Who has nothing is not in it, so that it is no larger than what is in progress. */
export class ClientCounts {
  readonly #counts = new Map<string, number>();

  /** Clients that have something in progress. */
  get size(): number {
    return this.#counts.size;
  }

  of(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  add(key: string): void {
    this.#counts.set(key, this.of(key) + 1);
  }

  remove(key: string): void {
    const count = this.of(key) - 1;
    if (count > 0) this.#counts.set(key, count);
    else this.#counts.delete(key);
  }
}
