import type { Split } from "../../protocol/conformance/case.ts";
import { type CaseResult, type Standing, standingOf } from "../../protocol/conformance/report.ts";
import { selectCases } from "../../protocol/conformance/select-cases.ts";
import { runWorkerCases } from "../../protocol/conformance/worker/worker-run.ts";
import { workerSuite } from "../../protocol/conformance/worker/worker-suite.ts";
import type { WorkerTarget } from "../../protocol/conformance/worker/worker-target.ts";

/** Run the suite, or a part of it, as a test does. */
export function runWorkerSuite(
  target: WorkerTarget,
  options: { readonly only?: readonly string[]; readonly split?: Split; readonly timeoutMs?: number } = {},
): Promise<readonly CaseResult[]> {
  const { only = [], split = "whole", timeoutMs = 10_000 } = options;
  return runWorkerCases(selectCases(workerSuite, only), { target, split, seed: 7, jobs: 4, timeoutMs });
}

/** The ids of the results that stand so, each with what was seen. */
export function standing(results: readonly CaseResult[], wanted: Standing): Readonly<Record<string, string>> {
  const found = results.filter((result) => standingOf(result) === wanted);
  return Object.fromEntries(found.map(({ facts, verdict }) => [facts.id, seen(verdict)]));
}

function seen(verdict: CaseResult["verdict"]): string {
  return verdict.outcome === "could-not-run" ? verdict.reason : verdict.seen;
}
