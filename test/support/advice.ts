import { expect } from "vitest";
import { adviceFor } from "../../src/front/explain/advice.ts";
import type { Failure } from "../../src/front/explain/failure.ts";

const limits = {
  queueTimeoutMs: 5000,
  connectTimeoutMs: 3000,
  readTimeoutMs: 60_000,
  sendTimeoutMs: 61_000,
  maxVarsBytes: 65_535,
  maxVars: 128,
};

export interface AdviceRow {
  readonly name: string;
  readonly failure: Partial<Failure> & Pick<Failure, "code">;
  readonly what: string;
  /** Each is part of some sentence of what to do. */
  readonly next: readonly string[];
}

/** What is said about a failure has these parts, and no hole. */
export function expectAdvice({ failure, what, next }: AdviceRow): void {
  const advice = adviceFor({
    status: 502,
    reason: "why",
    phase: "head",
    target: "unix:/run/app.sock",
    limits,
    ...failure,
  });
  expect(advice.what).toContain(what);
  const sentences = advice.next.join("\n");
  for (const part of next) expect(sentences).toContain(part);
  if (next.length === 0) expect(advice.next).toEqual([]);
  expect(advice.what + sentences).not.toMatch(/undefined|NaN|null/);
}
