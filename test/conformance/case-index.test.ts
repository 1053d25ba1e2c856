import { describe, expect, test } from "vitest";
import type { CaseFacts } from "../../protocol/conformance/case.ts";
import { frontSuite } from "../../protocol/conformance/front/front-suite.ts";
import { workerSuite } from "../../protocol/conformance/worker/worker-suite.ts";
import { caseLines, casePage, missingSources } from "./case-page.ts";

const suites: readonly (readonly [name: string, cases: readonly CaseFacts[]])[] = [
  ["worker", workerSuite],
  ["front", frontSuite],
];

describe.each(suites)("the %s suite", (name, cases) => {
  test("names sections of the specification that exist", () => {
    expect(missingSources(cases)).toEqual([]);
  });

  test("is in step with its page of rules and cases", async () => {
    const page = casePage(`The cases of the ${name} suite`, cases);
    await expect(page).toMatchFileSnapshot(`../../protocol/conformance/${name}-cases.md`);
  });
});

describe("the specification", () => {
  const lines = caseLines(suites);

  test.each(lines)("section $number names its cases, and no others", ({ firstLine, expected }) => {
    expect(firstLine.startsWith("Cases: ") ? firstLine : "").toBe(expected);
  });

  test("has cases for every section with rules", () => {
    const without = lines.filter(({ expected }) => expected === "").map(({ number }) => number);
    // Headings of sections with numbers of their own, the vectors, and how to run all of this.
    expect(without).toEqual(["3", "4", "5", "12", "13"]);
  });
});
