import { expect, test } from "vitest";
import { compare, type Measurement } from "./comparison.ts";
import type { ReportedCase } from "./measurement.ts";

function caseOf(id: string, rest: Partial<ReportedCase> = {}): ReportedCase {
  const [group = ""] = id.split("/");
  return { id, group, level: "MUST", rule: "A rule", source: "a source", outcome: "passed", ...rest };
}

function measurement(
  id: string,
  rounds: readonly (readonly ReportedCase[])[],
  rest: Partial<Measurement> & { leftOut?: readonly string[] } = {},
): Measurement {
  const { leftOut = [], ...others } = rest;
  return {
    column: { id, name: id, version: "1.0", setup: "plain", isOurs: false },
    rounds: rounds.map((cases) => ({ cases, leftOut })),
    variationOf: () => undefined,
    ...others,
  };
}

const failure = { outcome: "failed", seen: "200" } as const;

test.each([
  ["a broken MUST", caseOf("a/x", failure), { mark: "failed", seen: "200" }],
  ["a broken SHOULD", caseOf("a/x", { ...failure, level: "SHOULD" }), { mark: "advised", seen: "200" }],
  ["a MAY", caseOf("a/x", { ...failure, level: "MAY" }), { mark: "declined", seen: "200" }],
  [
    "no verdict",
    caseOf("a/x", { outcome: "could-not-run", reason: "no connection" }),
    { mark: "could-not-run", seen: "no connection" },
  ],
  [
    "tokens",
    caseOf("a/x", { ...failure, seen: "cft694df10004e7 came" }),
    { mark: "failed", seen: "TOKEN came" },
  ],
  [
    "dates",
    caseOf("a/x", { ...failure, seen: "Fri, 20 Nov 2026 10:36:06 GMT" }),
    { mark: "failed", seen: "DATE" },
  ],
])("%s has its mark, without what chance decides", (_name, one, expected) => {
  const { cases } = compare("worker", [measurement("peer", [[one]])]);
  expect(cases.map(({ results }) => results)).toEqual([{ peer: expected }]);
});

test("what is not the same in every round varies, and what is seen differently is not told", () => {
  const rounds = [
    [
      caseOf("a/x", failure),
      caseOf("a/y", { ...failure, seen: "port 1" }),
      caseOf("a/z"),
      caseOf("b/x", failure),
    ],
    [caseOf("a/x"), caseOf("a/y", { ...failure, seen: "port 2" }), caseOf("a/z"), caseOf("b/x", failure)],
  ];
  const { cases, subjects } = compare("worker", [
    measurement("peer", rounds, { variationOf: (id) => (({ "a/z": "result", "b/x": "seen" }) as const)[id] }),
  ]);
  expect(Object.fromEntries(cases.map(({ id, results }) => [id, results["peer"]]))).toEqual({
    "a/x": { mark: "varies" },
    "a/y": { mark: "failed" },
    "a/z": { mark: "varies" },
    "b/x": { mark: "failed" },
  });
  expect(subjects[0]?.totals).toMatchObject({ passed: 0, failed: 2, varies: 2 });
});

test("subjects stand side by side, and only cases that somebody does not pass are told", () => {
  const grid = compare("front", [
    measurement("first", [[caseOf("a/x"), caseOf("b/y", failure)]]),
    measurement("second", [[caseOf("a/x"), caseOf("a/z"), caseOf("b/y")]]),
    measurement("third", [[caseOf("a/x")]], { leftOut: ["b/y"] }),
  ]);
  expect(grid.cases.map(({ id, results }) => [id, results])).toEqual([
    ["b/y", { first: { mark: "failed", seen: "200" }, third: { mark: "left-out" } }],
  ]);
  expect(grid.groups).toEqual([
    {
      group: "a",
      results: {
        first: { passed: 1, cases: 1 },
        second: { passed: 2, cases: 2 },
        third: { passed: 1, cases: 1 },
      },
    },
    {
      group: "b",
      results: {
        first: { passed: 0, cases: 1 },
        second: { passed: 1, cases: 1 },
        third: { passed: 0, cases: 1 },
      },
    },
  ]);
});
