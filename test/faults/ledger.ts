import { existsSync, readFileSync } from "node:fs";
import type { LoadTotals } from "./load-plan.ts";

/** What the application's record says about the POST requests of a load. */
export interface LedgerResult {
  /** Tokens the application has run. */
  readonly run: number;
  /** Run more than once. */
  readonly twice: readonly string[];
  /** Answered 200, and never run. */
  readonly missing: readonly string[];
  /** Run, and never sent. */
  readonly strangers: readonly string[];
}

/** Compare what an application has run with what was asked of it. */
export function checkLedger(
  lines: readonly string[],
  { posted, attempted }: Pick<LoadTotals, "posted" | "attempted">,
): LedgerResult {
  const run = new Set<string>();
  const twice = new Set<string>();
  for (const token of lines) {
    if (run.has(token)) twice.add(token);
    run.add(token);
  }
  const sent = new Set(attempted);
  return {
    run: run.size,
    twice: [...twice],
    missing: posted.filter((token) => !run.has(token)),
    strangers: [...run].filter((token) => !sent.has(token)),
  };
}

/** The tokens in a file, in the order in which they were run. */
export function readLedger(path: string): string[] {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter(Boolean) : [];
}
