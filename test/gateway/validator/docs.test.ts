import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { LINT_RULES, type LintId, sideOf } from "../../../src/gateway/validator/rules.ts";

const docs = readFileSync("docs/validator.md", "utf8");
const rows = [...docs.matchAll(/^\| ([SA][0-9]+) \| (.*) \|$/gm)].map(([, id = "", cells = ""]) => ({
  id,
  cells,
}));
const ids = Object.keys(LINT_RULES) as LintId[];

test("there are 99 rules", () => {
  expect(ids).toHaveLength(99);
});

describe("docs/validator.md", () => {
  test("has a row for every rule, once and in the order of the code, and for no other", () => {
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  test.each(ids)("says of %s what the messages say", (id) => {
    const [level, rule, fix] = LINT_RULES[id];
    expect(rows.find((row) => row.id === id)?.cells).toBe([sideOf(id), level, rule, fix].join(" | "));
  });

  test("names no other rule in its text", () => {
    const named = docs.match(/\b[SA][0-9]{2}\b/g) ?? [];
    expect(named.filter((id) => !(ids as string[]).includes(id))).toEqual([]);
  });
});

describe("every rule", () => {
  test.each(ids)("%s is one line, and says what has to hold and what to do", (id) => {
    for (const text of LINT_RULES[id]) expect(text).toMatch(/^[^\s|][^\n|]*[^\s.|]$/);
  });
});
