import type { CaseFacts, Split, Verdict } from "./case.ts";

/** One case that was run. */
export interface CaseResult {
  readonly facts: CaseFacts;
  readonly verdict: Verdict;
  readonly durationMs: number;
}

/** All that a report is written from. */
export interface SuiteReport {
  readonly suite: "worker" | "front";
  /** Who was asked, as the user named it. */
  readonly subject: string;
  /** Version of the suite. */
  readonly version: string;
  readonly split: Split;
  readonly seed: number;
  /** In the order of the suite, however they ran. */
  readonly results: readonly CaseResult[];
  /** Ids of cases that were not tried, for the subject offers nothing to try them with. @defaultValue none */
  readonly leftOut?: readonly string[];
  readonly durationMs: number;
}

/** How many cases ended how. */
export interface Counts {
  readonly passed: number;
  /** Broken MUSTs. */
  readonly failed: number;
  /** Broken SHOULDs: advice. */
  readonly advised: number;
  /** MAYs the subject does not do. */
  readonly declined: number;
  readonly couldNotRun: number;
}

/** How one result is called in every report. */
export type Standing = keyof Counts;

export function standingOf({ facts, verdict }: CaseResult): Standing {
  if (verdict.outcome === "passed") return "passed";
  if (verdict.outcome === "could-not-run") return "couldNotRun";
  if (facts.level === "MUST") return "failed";
  return facts.level === "SHOULD" ? "advised" : "declined";
}

export function countResults(results: readonly CaseResult[]): Counts {
  const counts = { passed: 0, failed: 0, advised: 0, declined: 0, couldNotRun: 0 };
  for (const result of results) counts[standingOf(result)] += 1;
  return counts;
}

/**
 * The exit code of a run: 0 passed, 1 failed, 2 could not run. A failure that was seen outweighs what could not be tried,
 * and a run without a single case has shown nothing.
 *
 * @param strict - A broken SHOULD fails too.
 */
export function exitCodeOf(results: readonly CaseResult[], strict: boolean): 0 | 1 | 2 {
  const { failed, advised, couldNotRun } = countResults(results);
  if (failed > 0 || (strict && advised > 0)) return 1;
  return couldNotRun > 0 || results.length === 0 ? 2 : 0;
}

/** The results by group, in the order of the suite. */
export function byGroup(results: readonly CaseResult[]): ReadonlyMap<string, readonly CaseResult[]> {
  const groups = new Map<string, CaseResult[]>();
  for (const result of results) {
    const group = groups.get(result.facts.group);
    if (group) group.push(result);
    else groups.set(result.facts.group, [result]);
  }
  return groups;
}
