import { readFileSync } from "node:fs";
import { selectCases } from "../../protocol/conformance/select-cases.ts";
import type { CaseRow } from "./grid.ts";

export type Variation = "result" | "seen";

/** A known misbehaviour, and the cases that show it. */
export interface Difference {
  /** Ids of subjects. */
  readonly subjects: readonly string[];
  /** Ids of cases, with `*` for any characters. */
  readonly cases: readonly string[];
  /** What the subject does, in a sentence. */
  readonly what: string;
  /** What chance decides: whether the cases pass, or only what is seen of them. @defaultValue nothing */
  readonly varies?: Variation;
}

/** All that is known, in the order it is told. */
export const differences: readonly Difference[] = JSON.parse(
  readFileSync(new URL("differences.json", import.meta.url), "utf8"),
) as readonly Difference[];

/** What chance decides about a subject in a case. */
export function variationOf(subject: string, id: string): Variation | undefined {
  return differences.find((one) => one.varies !== undefined && isAbout(one, subject, { id }))?.varies;
}

/** The cases of a subject that show a difference. */
export function casesOf(
  difference: Difference,
  subject: string,
  rows: readonly CaseRow[],
): readonly CaseRow[] {
  if (!difference.subjects.includes(subject)) return [];
  return selectCases(rows, difference.cases).filter(({ results }) => results[subject] !== undefined);
}

/** Broken MUSTs of a subject that no difference speaks of. */
export function unexplained(subject: string, rows: readonly CaseRow[]): readonly string[] {
  return rows
    .filter(({ results }) => results[subject]?.mark === "failed")
    .filter((row) => !differences.some((one) => isAbout(one, subject, row)))
    .map(({ id }) => id);
}

function isAbout(difference: Difference, subject: string, row: { readonly id: string }): boolean {
  return difference.subjects.includes(subject) && selectCases([row], difference.cases).length > 0;
}
