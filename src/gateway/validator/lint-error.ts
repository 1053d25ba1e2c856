import { UsageError } from "../../errors.ts";
import { type LintMessage, lintMessage } from "./lint-message.ts";
import type { FaultId, LintId, LintSide } from "./rules.ts";

/** A rule of the gateway interface was broken, by the application or by the server that calls it. */
export class LintError extends UsageError {
  /** The rule; docs/validator.md lists them. */
  readonly id: LintId;
  /** Who broke it. */
  readonly side: LintSide;

  constructor({ id, side, message }: LintMessage) {
    super("UWB_ERR_LINT", message);
    this.id = id;
    this.side = side;
  }
}

/** The error to throw when a rule is broken. `found` continues the sentence "found ...". */
export function fault(id: FaultId, found: string): LintError {
  return new LintError(lintMessage(id, found));
}
