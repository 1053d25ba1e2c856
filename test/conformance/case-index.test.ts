import { describe, expect, test } from "vitest";
import type { CaseFacts } from "../../protocol/conformance/case.ts";
import { frontSuite } from "../../protocol/conformance/front/front-suite.ts";
import { workerSuite } from "../../protocol/conformance/worker/worker-suite.ts";
import { casePage, missingSources } from "./case-page.ts";

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
