/** A connection that is no HTTP connection any more, as far as the HTTP server knows. */
export interface Cuttable {
  cut(): void;
}

/** Connections that left the HTTP server, which therefore neither counts nor closes them. */
export class OpenUpgrades {
  readonly #open = new Set<Cuttable>();
  #isCut = false;
  #onEmpty: (() => void) | undefined;

  get size(): number {
    return this.#open.size;
  }

  add(connection: Cuttable): void {
    this.#open.add(connection);
    if (this.#isCut) connection.cut();
  }

  delete(connection: Cuttable): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#onEmpty?.();
  }

  /** Wait until all have closed; those that have not after this time are cut, and so is what comes later. */
  async close(timeoutMs: number): Promise<void> {
    const limit = setTimeout(() => this.#cut(), timeoutMs);
    if (this.#open.size > 0) {
      await new Promise<void>((resolve) => {
        this.#onEmpty = resolve;
      });
    }
    clearTimeout(limit);
    this.#isCut = true;
  }

  #cut(): void {
    this.#isCut = true;
    for (const connection of [...this.#open]) connection.cut();
  }
}
