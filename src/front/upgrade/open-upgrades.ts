/** A connection that is no HTTP connection any more, as far as the HTTP server knows. */
export interface Upgraded {
  /** The switch has taken place. */
  readonly isTunnel: boolean;
  cut(): void;
}

/** Connections that left the HTTP server, which therefore neither counts nor closes them. */
export class OpenUpgrades {
  readonly #open = new Set<Upgraded>();
  #isCut = false;
  #onEmpty: (() => void) | undefined;

  get size(): number {
    return this.#open.size;
  }

  get tunnels(): number {
    return [...this.#open].filter(({ isTunnel }) => isTunnel).length;
  }

  add(connection: Upgraded): void {
    this.#open.add(connection);
    if (this.#isCut) connection.cut();
  }

  delete(connection: Upgraded): void {
    this.#open.delete(connection);
    if (this.#open.size === 0) this.#onEmpty?.();
  }

  /** Wait until all have closed. */
  async emptied(): Promise<void> {
    if (this.#open.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** Close what is open, and what is added later. */
  cut(): void {
    this.#isCut = true;
    for (const connection of [...this.#open]) connection.cut();
  }
}
