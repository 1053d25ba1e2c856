import type { ErrorStream } from "../types.ts";
import { LintError } from "./lint-error.ts";
import { type LintMessage, lintMessage } from "./lint-message.ts";
import type { DoubtId } from "./rules.ts";

/** Options of the validator. */
export interface ValidatorOptions {
  /**
   * Told of what is doubtful, yet may be meant.
   *
   * @defaultValue a line in `wsgi.errors` of the request
   */
  readonly onWarning?: (warning: LintMessage) => void;
  /** Throw what is doubtful as well. @defaultValue false */
  readonly strict?: boolean;
}

/** Where the doubts about one request go. */
export class Doubts {
  readonly #options: ValidatorOptions;
  readonly #errors: ErrorStream;

  constructor(options: ValidatorOptions, errors: ErrorStream) {
    this.#options = options;
    this.#errors = errors;
  }

  /**
   * Report that a rule was broken. `found` continues the sentence "found ...".
   *
   * @throws {@link LintError} in strict mode.
   */
  raise(id: DoubtId, found: string): void {
    if (this.#options.strict) throw new LintError(lintMessage(id, found));
    this.note(id, found);
  }

  /** Report what nobody is there to catch. */
  note(id: DoubtId, found: string): void {
    const warning = lintMessage(id, found);
    if (this.#options.onWarning) this.#options.onWarning(warning);
    else this.#errors.write(`${warning.message}\n`);
  }
}
