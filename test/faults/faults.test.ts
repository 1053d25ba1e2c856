import { expect, test } from "vitest";
import { EXPERIMENTS } from "./experiments.ts";
import { Findings } from "./findings.ts";

const LIMIT_MS = 90_000;

test.each(EXPERIMENTS.filter(({ isLong }) => !isLong))(
  "$name: $title",
  async ({ run }) => {
    const findings = new Findings();
    await run("quick", findings);
    expect(findings.misses, findings.line).toEqual([]);
  },
  LIMIT_MS,
);
