import { describe } from "../response-start.ts";
import { LINT_RULES, type LintId, type LintSide, sideOf } from "./rules.ts";

/** A broken rule, as `onWarning` is told of it. */
export interface LintMessage {
  /** Stable, such as `A36`; docs/validator.md lists them. */
  readonly id: LintId;
  /** Who broke it. */
  readonly side: LintSide;
  /** One line: the rule, what was found, and the fix. Never the value of a header. */
  readonly message: string;
}

const MAX_SHOWN = 60;
const NOT_PRINTABLE = /[^\u0020-\u007e]/g;

/** Say that a rule was broken. `found` continues the sentence "found ...". */
export function lintMessage(id: LintId, found: string): LintMessage {
  const [, rule, fix] = LINT_RULES[id];
  return { id, side: sideOf(id), message: `${id} ${rule}; found ${found}; fix: ${fix}` };
}

/** How a message shows a value: text in quotes, cut and in ASCII, numbers as they are, the rest by its kind. */
export function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value !== "string") return describe(value);
  const text = value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}...` : value;
  return JSON.stringify(text).replace(NOT_PRINTABLE, (character) => `\\u${hex(character)}`);
}

/** `"2 arguments"`, `"1 byte"`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Where in a text a character stands that may not be there, without a look at the rest of it. */
export function characterIn(text: string, wrong: RegExp): string | undefined {
  const index = text.search(wrong);
  return index === -1 ? undefined : `U+${hex(text.charAt(index)).toUpperCase()} at index ${index}`;
}

function hex(character: string): string {
  return character.charCodeAt(0).toString(16).padStart(4, "0");
}
