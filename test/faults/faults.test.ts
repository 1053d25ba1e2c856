import { expect, test } from "vitest";
import { EXPERIMENTS } from "./experiments.ts";
import { Findings } from "./findings.ts";

const LIMIT_MS = 90_000;

const short = EXPERIMENTS.filter(({ isLong }) => !isLong);

test.each(short.map(({ name, title, run }) => [name, title, run] as const))(
  "%s: %s",
  async (_name, _title, run) => {
    const findings = new Findings();
    await run("quick", findings);
    expect(findings.misses, findings.line).toEqual([]);
  },
  LIMIT_MS,
);
