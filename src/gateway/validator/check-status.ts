import { describe } from "../response-start.ts";
import type { Doubts } from "./doubts.ts";
import { fault } from "./lint-error.ts";
import { characterIn, shown } from "./lint-message.ts";

const CODE = /^[1-9][0-9]{2}/;
const NOT_TEXT = /[^\t\u0020-\u007e\u0080-\u00ff]/;
/** Not `trim`, which takes U+00A0 for a blank: as a byte it may be the end of a letter in UTF-8. */
const BLANK_AROUND = /^[\t ]|[\t ]$/;

/**
 * Check the first argument of `startResponse`: A14 to A20.
 *
 * @returns The code.
 */
export function checkStatus(status: unknown, doubts: Doubts): number {
  if (typeof status === "number") return checkCode(status);
  if (typeof status !== "string") throw fault("A15", describe(status));
  if (!CODE.test(status)) throw fault("A16", shown(status));
  if (status.charAt(3) !== " ") throw fault("A18", shown(status));
  const reason = status.slice(4);
  const wrong = characterIn(status, NOT_TEXT);
  if (wrong !== undefined) throw fault("A17", wrong);
  if (BLANK_AROUND.test(reason)) throw fault("A17", `a blank at an end of ${shown(reason)}`);
  if (status.startsWith("1")) throw fault("A20", shown(status));
  if (reason === "") doubts.raise("A19", shown(status));
  return Number(status.slice(0, 3));
}

/** Check the third argument of `startResponse`, when there is one. */
export function checkError(error: unknown, doubts: Doubts): void {
  // Python's exc_info is a triple, and nobody throws a flag or a function.
  if (typeof error === "boolean" || typeof error === "function" || Array.isArray(error)) {
    throw fault("A12", describe(error));
  }
  if (!isError(error)) doubts.raise("A13", describe(error));
}

function checkCode(code: number): number {
  if (!Number.isInteger(code) || code < 100 || code > 999) throw fault("A14", String(code));
  if (code < 200) throw fault("A20", String(code));
  return code;
}

/** Also one of another realm, as `node:vm` throws them. */
function isError(value: unknown): boolean {
  return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}
