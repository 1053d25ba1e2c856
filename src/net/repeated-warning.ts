import type { LogFields, Logger } from "../log.ts";

const MINUTE_MS = 60_000;

/** A warning about what may happen thousands of times: at once when it happens, then once a minute while it goes on. */
export class RepeatedWarning {
  readonly #log: Logger;
  readonly #message: string;
  readonly #intervalMs: number;
  #count = 0;
  #fields: LogFields = {};
  #timer: NodeJS.Timeout | undefined;

  /** @param intervalMs - Between two lines. @defaultValue a minute */
  constructor(log: Logger, message: string, intervalMs: number = MINUTE_MS) {
    this.#log = log;
    this.#message = message;
    this.#intervalMs = intervalMs;
  }

  /** It has happened again. @param fields - Of the line; `count`, how often it has happened since the last one, is added. */
  occurred(fields: LogFields): void {
    this.#count += 1;
    this.#fields = fields;
    if (!this.#timer) this.#write();
  }

  /** Say what is not said yet. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#count > 0) this.#log.warn({ ...this.#fields, count: this.#count }, this.#message);
    this.#count = 0;
  }

  #write(): void {
    this.#log.warn({ ...this.#fields, count: this.#count }, this.#message);
    this.#count = 0;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#count > 0) this.#write();
    }, this.#intervalMs).unref();
  }
}
