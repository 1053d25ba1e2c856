import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { complaints, findings } from "./finding.ts";
import type { CaseRow, Grid, Result } from "./grid.ts";

const published = JSON.parse(readFileSync("docs/conformance.json", "utf8")) as Grid;

test("nothing is to complain about the published grid", () => {
  expect(complaints(published)).toEqual([]);
});

test.each(findings)("it is noticed when the suite no longer finds: $what", ({ subject, id, what }) => {
  const [complaint, ...others] = complaints(withResult(id, subject, undefined));
  expect(others).toEqual([]);
  expect(complaint).toContain(what);
  expect(complaints(withResult(id, subject, { mark: "failed", seen: "something else" }))).toHaveLength(1);
});

test.each([
  ["ours-tcp", "early-answer/unread-1-mib", "failed"],
  ["our-front-unix", "truncation/inside-a-length", "advised"],
  ["our-front-tcp", "truncation/inside-a-length", "could-not-run"],
  ["ours-unix", "early-answer/unread-1-mib", "varies"],
] as const)("it is noticed when %s does not pass %s: %s", (subject, id, mark) => {
  const found = complaints(withResult(id, subject, { mark }));
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(`${id}: ${mark}`);
});

/** The published grid with one result changed, or taken away. */
function withResult(id: string, subject: string, result: Result | undefined): Grid {
  const change = (row: CaseRow): CaseRow => {
    if (row.id !== id) return row;
    const { [subject]: _old, ...others } = row.results;
    return { ...row, results: result ? { ...others, [subject]: result } : others };
  };
  return {
    ...published,
    suites: published.suites.map((suite) => ({ ...suite, cases: suite.cases.map(change) })),
  };
}
