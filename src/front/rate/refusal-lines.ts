import type { LogFields, Logger } from "../../log.ts";

const SECOND_MS = 1000;
/** Clients with a line of their own in one second; the others share one. */
const MOST_CLIENTS = 20;

interface Unsaid {
  readonly fields: LogFields;
  count: number;
}

/** Says who is refused: at once, and then once a second for each client, with the number of its requests. A flood is no flood of lines. */
export class RefusalLines {
  readonly #log: Logger;
  #unsaid = new Map<string, Unsaid>();
  #others = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** @param fields - Of the line; `client` and `count` are added. */
  refused(client: string, fields: LogFields): void {
    const known = this.#unsaid.get(client);
    if (known) known.count += 1;
    else if (this.#unsaid.size >= MOST_CLIENTS) this.#others += 1;
    else {
      this.#unsaid.set(client, { fields, count: 0 });
      this.#write(client, fields, 1);
    }
    this.#timer ??= setTimeout(() => this.#sum(), SECOND_MS).unref();
  }

  /** Say what is not said yet. */
  close(): void {
    clearTimeout(this.#timer);
    this.#sum();
    clearTimeout(this.#timer);
  }

  #sum(): void {
    this.#timer = undefined;
    const past = this.#unsaid;
    const others = this.#others;
    this.#unsaid = new Map();
    this.#others = 0;
    for (const [client, { fields, count }] of past) {
      if (count === 0) continue;
      // This line counts for the second that begins.
      this.#unsaid.set(client, { fields, count: 0 });
      this.#write(client, fields, count);
    }
    if (others > 0) this.#log.info({ count: others }, "requests of further clients were refused: 429");
    if (this.#unsaid.size > 0) this.#timer = setTimeout(() => this.#sum(), SECOND_MS).unref();
  }

  #write(client: string, fields: LogFields, count: number): void {
    this.#log.info({ client, ...fields, count }, "requests of a client were refused: 429");
  }
}
