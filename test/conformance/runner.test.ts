import { describe, expect, test } from "vitest";
import {
  type CaseContext,
  type ConformanceCase,
  couldNotRun,
  failed,
  passed,
  type Verdict,
} from "../../protocol/conformance/case.ts";
import { exitCodeOf, standingOf } from "../../protocol/conformance/report.ts";
import { runCases } from "../../protocol/conformance/runner.ts";
import { signal } from "../support/wait.ts";

type Run = (context: CaseContext) => Promise<Verdict>;

function oneCase(id: string, run: Run, more: Partial<ConformanceCase> = {}): ConformanceCase {
  const facts = { id, group: "g", level: "MUST" as const, rule: "r", source: "s", explain: "e" };
  return { ...facts, run, ...more };
}

function run(
  cases: readonly ConformanceCase[],
  { contacts = 1, ...options }: { contacts?: number; jobs?: number; timeoutMs?: number } = {},
): ReturnType<typeof runCases> {
  return runCases(cases, {
    transport: "tcp",
    contextOf: (_one, abort) => ({ signal: abort, contacts }),
    ...options,
  });
}

test("results are in the order of the cases, however they end", async () => {
  const first = signal();
  const cases = [
    oneCase("g/a", () => first.promise.then(() => passed("late"))),
    oneCase("g/b", async () => {
      first.resolve();
      return failed("x", "y");
    }),
  ];
  expect((await run(cases)).map(({ facts }) => facts.id)).toEqual(["g/a", "g/b"]);
});

describe("a case that could not run", () => {
  test.each([
    { name: "says so", verdict: async () => couldNotRun("why"), reason: "why" },
    { name: "throws", verdict: () => Promise.reject(new Error("no connection")), reason: "no connection" },
    {
      name: "takes too long",
      verdict: () => new Promise<Verdict>(() => undefined),
      reason: "no verdict within 20 ms",
    },
  ])("$name", async ({ verdict, reason }) => {
    const [result] = await run([oneCase("g/a", verdict)], { timeoutMs: 20 });
    expect(result?.verdict).toEqual({ outcome: "could-not-run", reason });
  });

  test("passes without having reached anybody", async () => {
    const [result] = await run([oneCase("g/a", async () => passed("x"))], { contacts: 0 });
    expect(result?.verdict).toEqual({ outcome: "could-not-run", reason: "the subject was never reached" });
  });
});

test("time that is over aborts the case", async () => {
  let isAborted = false;
  const waits: Run = ({ signal: abort }) =>
    new Promise((_, reject) => {
      abort.addEventListener("abort", () => {
        isAborted = true;
        reject(new Error("aborted"));
      });
    });
  await run([oneCase("g/a", waits)], { timeoutMs: 10 });
  expect(isAborted).toBe(true);
});

test("no more cases run at the same time than jobs, and lonely ones run alone", async () => {
  let running = 0;
  const seen: number[] = [];
  const counted: Run = async () => {
    running += 1;
    seen.push(running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    return passed("x");
  };
  const cases = Array.from({ length: 9 }, (_, number) =>
    oneCase(`g/${number}`, counted, { alone: number === 0 }),
  );
  await run(cases, { jobs: 3 });
  expect(Math.max(...seen)).toBe(3);
  expect(seen.at(-1)).toBe(1);
});

test("cases for another transport are left out", async () => {
  const cases = [oneCase("g/a", async () => passed("x"), { transports: ["unix"] })];
  expect(await run(cases)).toEqual([]);
});

test.each([
  { level: "MUST", verdict: failed("x", "y"), standing: "failed", code: 1, strict: 1 },
  { level: "SHOULD", verdict: failed("x", "y"), standing: "advised", code: 0, strict: 1 },
  { level: "MAY", verdict: failed("x", "y"), standing: "declined", code: 0, strict: 0 },
  { level: "MUST", verdict: passed("x"), standing: "passed", code: 0, strict: 0 },
  { level: "MAY", verdict: couldNotRun("x"), standing: "couldNotRun", code: 2, strict: 2 },
] as const)(
  "$level that $verdict.outcome: $standing, exit code $code",
  async ({ level, verdict, ...expected }) => {
    const results = await run([oneCase("g/a", async () => verdict, { level })]);
    expect(results.map(standingOf)).toEqual([expected.standing]);
    expect(exitCodeOf(results, false)).toBe(expected.code);
    expect(exitCodeOf(results, true)).toBe(expected.strict);
  },
);

test("a failure outweighs what could not run, and no case at all is no success", async () => {
  const results = await run([
    oneCase("g/a", async () => couldNotRun("x")),
    oneCase("g/b", async () => failed("x", "y")),
  ]);
  expect(exitCodeOf(results, false)).toBe(1);
  expect(exitCodeOf([], false)).toBe(2);
});
