import { APPLICATION_RULES } from "./application-rules.ts";
import { type LintRule, SERVER_RULES } from "./server-rules.ts";

type RuleTable = typeof SERVER_RULES & typeof APPLICATION_RULES;

/** Stable name of a rule: `S` for the server's side, `A` for the application's. */
export type LintId = keyof RuleTable;
/** Rules that throw when they are broken. */
export type FaultId = IdOfLevel<"error">;
/** Rules that are reported when they are broken, and throw in strict mode only. */
export type DoubtId = IdOfLevel<"warning">;
/** Who broke a rule. Middleware is the server to what it wraps, and the application to what calls it. */
export type LintSide = "server" | "application";

type IdOfLevel<Level> = { [Id in LintId]: RuleTable[Id][0] extends Level ? Id : never }[LintId];

/** Every rule of the validator. docs/validator.md has the same table; a test keeps them in step. */
export const LINT_RULES: Readonly<Record<LintId, LintRule>> = { ...SERVER_RULES, ...APPLICATION_RULES };

/** `S01` to `"server"`. */
export function sideOf(id: LintId): LintSide {
  return id.startsWith("S") ? "server" : "application";
}
