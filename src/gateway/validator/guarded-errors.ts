import { describe } from "../response-start.ts";
import type { ErrorStream } from "../types.ts";
import { fault } from "./lint-error.ts";
import { counted } from "./lint-message.ts";

/** `wsgi.errors` that takes nothing but text: A84 to A86. */
export class GuardedErrors implements ErrorStream {
  readonly #errors: ErrorStream;

  constructor(errors: ErrorStream) {
    this.#errors = errors;
  }

  write(...args: readonly [text: string]): void {
    const [text]: readonly unknown[] = args;
    if (args.length !== 1) throw fault("A84", counted(args.length, "argument"));
    if (typeof text !== "string") throw fault("A84", describe(text));
    this.#errors.write(text);
  }

  writelines(lines: Iterable<string>): void {
    if (typeof lines !== "object" || lines === null || !(Symbol.iterator in lines)) {
      throw fault("A85", describe(lines));
    }
    this.#errors.writelines(strings(lines));
  }

  flush(): Promise<void> {
    return this.#errors.flush();
  }

  close(): never {
    throw fault("A86", "a call of close()");
  }

  end(): never {
    throw fault("A86", "a call of end()");
  }

  destroy(): never {
    throw fault("A86", "a call of destroy()");
  }
}

function* strings(lines: Iterable<unknown>): Generator<string> {
  for (const line of lines) {
    if (typeof line !== "string") throw fault("A85", `${describe(line)} among them`);
    yield line;
  }
}
