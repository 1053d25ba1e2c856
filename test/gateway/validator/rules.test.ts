import { describe, expect, test } from "vitest";
import { UsageError } from "../../../src/errors.ts";
import { LintError } from "../../../src/gateway/validator/lint-error.ts";
import { LINT_RULES, type LintId, sideOf } from "../../../src/gateway/validator/rules.ts";
import { bodyCases } from "./body-cases.ts";
import { environCases } from "./environ-cases.ts";
import { type Case, Lab } from "./lab.ts";
import { startCases } from "./start-cases.ts";
import { streamCases } from "./stream-cases.ts";

const cases = [...environCases, ...startCases, ...bodyCases, ...streamCases];
const faults = cases.filter(({ id }) => LINT_RULES[id][0] === "error");
const doubts = cases.filter(({ id }) => LINT_RULES[id][0] === "warning");
/** Reported when nobody is there any more to catch an error. */
const afterTheFact: readonly LintId[] = ["S40"];

test("there is a case for every rule", () => {
  expect([...new Set(cases.map(({ id }) => id))].sort()).toEqual(Object.keys(LINT_RULES).sort());
});

describe("a fault is thrown, and nothing else is said", () => {
  test.each(faults)("$id: $what", async (given) => {
    const lab = new Lab();
    const error = await errorOf(given, lab);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ name: "LintError", code: "UWB_ERR_LINT", ...expected(given) });
    expect(lab.warnings).toEqual([]);
  });
});

describe("a doubt is a warning, once", () => {
  test.each(doubts)("$id: $what", async (given) => {
    const lab = new Lab();
    await given.provoke(lab);
    expect(lab.warnings).toEqual([expected(given)]);
  });
});

describe("a doubt is thrown in strict mode", () => {
  test.each(doubts.filter(({ id }) => !afterTheFact.includes(id)))("$id: $what", async (given) => {
    const lab = new Lab(true);
    const error = await errorOf(given, lab);
    expect(error).toMatchObject({ name: "LintError", code: "UWB_ERR_LINT", ...expected(given) });
    expect(lab.warnings).toEqual([]);
  });
});

test("messages are one line of ASCII", () => {
  for (const { id, found } of cases) expect(expected({ id, found }).message).toMatch(/^[ -~]+$/);
});

function expected({ id, found }: Pick<Case, "id" | "found">): { id: string; side: string; message: string } {
  const [, rule, fix] = LINT_RULES[id];
  const side = id.startsWith("S") ? "server" : "application";
  expect(sideOf(id)).toBe(side);
  return { id, side, message: `${id} ${rule}; found ${found}; fix: ${fix}` };
}

async function errorOf({ provoke }: Case, lab: Lab): Promise<LintError> {
  try {
    await provoke(lab);
  } catch (error) {
    if (error instanceof LintError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
