import type { Variation } from "./difference.ts";
import type { CaseRow, Column, GroupRow, Mark, Result, SuiteGrid, Totals } from "./grid.ts";
import type { Report, ReportedCase } from "./measurement.ts";

/** One subject, asked once or more often. */
export interface Measurement {
  readonly column: Omit<Column, "totals">;
  readonly rounds: readonly Report[];
  /** What is known not to be the same every time in a case, though these rounds may agree. */
  variationOf(id: string): Variation | undefined;
}

/** Put what was measured of several subjects side by side. */
export function compare(suite: SuiteGrid["suite"], measurements: readonly Measurement[]): SuiteGrid {
  const cases = allCases(measurements);
  const results = new Map(measurements.map((measurement) => [measurement.column.id, resultsOf(measurement)]));
  const resultOf = (subject: string, id: string): Result | "passed" | undefined =>
    results.get(subject)?.get(id);
  const ids = measurements.map(({ column }) => column.id);
  const rows = cases.map(
    ({ id, level, rule, source }): CaseRow => ({
      id,
      level,
      rule,
      source,
      results: Object.fromEntries(
        ids.flatMap((subject) => {
          const result = resultOf(subject, id);
          return result === undefined || result === "passed" ? [] : [[subject, result] as const];
        }),
      ),
    }),
  );
  return {
    suite,
    subjects: measurements.map(({ column }) => ({ ...column, totals: totalsOf(results.get(column.id)) })),
    groups: groupRows(cases, ids, resultOf),
    cases: rows.filter((row) => Object.keys(row.results).length > 0),
  };
}

/** Every case somebody was asked, in the order of the suite: the longest report has it. */
function allCases(measurements: readonly Measurement[]): readonly ReportedCase[] {
  const reports = measurements.flatMap(({ rounds }) => rounds);
  const [longest] = [...reports].sort((a, b) => b.cases.length - a.cases.length);
  const known = new Set(longest?.cases.map(({ id }) => id));
  const others = reports.flatMap(({ cases }) => cases).filter(({ id }) => !known.has(id));
  return [...(longest?.cases ?? []), ...new Map(others.map((one) => [one.id, one])).values()];
}

function resultsOf({ rounds, variationOf }: Measurement): ReadonlyMap<string, Result | "passed"> {
  const results = new Map<string, Result | "passed">();
  for (const { id } of rounds[0]?.cases ?? []) {
    const found = rounds.flatMap(({ cases }) => cases.filter((one) => one.id === id));
    results.set(id, oneResult(found, variationOf(id)));
  }
  for (const id of rounds[0]?.leftOut ?? []) results.set(id, { mark: "left-out" });
  return results;
}

function oneResult(found: readonly ReportedCase[], variation: Variation | undefined): Result | "passed" {
  const marks = new Set(found.map(markOf));
  const [mark] = marks;
  if (variation === "result" || marks.size > 1) return { mark: "varies" };
  if (mark === undefined || mark === "passed") return "passed";
  if (variation === "seen") return { mark };
  const texts = new Set(found.map(({ seen, reason }) => withoutChance(seen ?? reason ?? "")));
  const [seen] = texts;
  return texts.size === 1 && seen !== undefined ? { mark, seen } : { mark };
}

function markOf({ outcome, level }: ReportedCase): Mark | "passed" {
  if (outcome !== "failed") return outcome;
  if (level === "MUST") return "failed";
  return level === "SHOULD" ? "advised" : "declined";
}

/** What differs in every run, and says nothing: names of requests, hours and chosen ports. */
function withoutChance(seen: string): string {
  return seen
    .replace(/cft[0-9a-f]{0,12}/g, "TOKEN")
    .replace(/(?<=")[0-9a-f]{1,14}(?=\\r\\n0\\r\\n)/g, "TOKEN")
    .replace(/\w{3}, \d\d \w{3} \d{4} \d\d:\d\d(?::\d\d)?(?: GMT)?/g, "DATE")
    .replace(/(?<=127\.0\.0\.1:|^SERVER_PORT ")2\d{4}/g, "PORT");
}

const NONE: Totals = {
  passed: 0,
  failed: 0,
  advised: 0,
  declined: 0,
  couldNotRun: 0,
  leftOut: 0,
  varies: 0,
};
const TOTAL_OF: Readonly<Record<Mark | "passed", keyof Totals>> = {
  passed: "passed",
  failed: "failed",
  advised: "advised",
  declined: "declined",
  "could-not-run": "couldNotRun",
  "left-out": "leftOut",
  varies: "varies",
};

function totalsOf(results: ReadonlyMap<string, Result | "passed"> = new Map()): Totals {
  const totals = { ...NONE };
  for (const result of results.values()) totals[TOTAL_OF[result === "passed" ? result : result.mark]] += 1;
  return totals;
}

function groupRows(
  cases: readonly ReportedCase[],
  subjects: readonly string[],
  resultOf: (subject: string, id: string) => Result | "passed" | undefined,
): readonly GroupRow[] {
  const groups = [...new Set(cases.map(({ group }) => group))];
  return groups.map((group) => ({
    group,
    results: Object.fromEntries(
      subjects.map((subject) => {
        const results = cases
          .filter((one) => one.group === group)
          .flatMap(({ id }) => resultOf(subject, id) ?? []);
        const passed = results.filter((result) => result === "passed").length;
        return [subject, { passed, cases: results.length }] as const;
      }),
    ),
  }));
}
