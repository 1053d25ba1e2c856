import { expect, test } from "vitest";
import type { CaseResult } from "../../protocol/conformance/report.ts";
import { selectCases } from "../../protocol/conformance/select-cases.ts";
import { runWorkerCases } from "../../protocol/conformance/worker/worker-run.ts";
import { workerSuite } from "../../protocol/conformance/worker/worker-suite.ts";
import type { WorkerTarget } from "../../protocol/conformance/worker/worker-target.ts";
import { connectionMutants } from "./connection-mutants.ts";
import { startContractWorker } from "./contract-worker.ts";
import { packetMutants } from "./packet-mutants.ts";
import { type Mutation, startMutant } from "./relay.ts";
import { responseMutants } from "./response-mutants.ts";
import { runWorkerSuite } from "./run-worker-suite.ts";

const mutants = [...packetMutants, ...responseMutants, ...connectionMutants];
const ids = [...new Set(mutants.flatMap(({ caughtBy }) => caughtBy))];

test.each(mutants)("a worker that $name is caught", async ({ caughtBy, mutation, timeoutMs }) => {
  const results = await runAgainst(mutation, caughtBy, timeoutMs);
  expect(outcomes(results)).toEqual(Object.fromEntries(caughtBy.map((id) => [id, "failed"])));
});

test.each([
  { options: { maxLingerBytes: 0 }, caughtBy: "early-answer/unread-20-mib" },
  { options: { maxVars: 128 }, caughtBy: "limits/vars-166" },
  { options: { maxVarsBytes: 4096 }, caughtBy: "limits/datasize-4097" },
])("our worker with $options is caught by $caughtBy", async ({ options, caughtBy }) => {
  const results = await runWorkerSuite(await startContractWorker("tcp", options), { only: [caughtBy] });
  expect(outcomes(results)).toEqual({ [caughtBy]: "failed" });
});

test("the relay without a fault passes all of these cases", async () => {
  const results = await runAgainst({}, ids);
  expect(outcomes(results)).toEqual(Object.fromEntries(ids.map((id) => [id, "passed"])));
});

test("there are enough of them, and each names cases that exist", () => {
  expect(mutants.length).toBeGreaterThanOrEqual(20);
  expect(ids.filter((id) => selectCases(workerSuite, [id]).length !== 1)).toEqual([]);
});

async function runAgainst(
  mutation: Mutation,
  only: readonly string[],
  timeoutMs = 3000,
): Promise<readonly CaseResult[]> {
  const target: WorkerTarget = await startMutant(await startContractWorker("tcp"), mutation);
  const cases = only.flatMap((id) => selectCases(workerSuite, [id]));
  return runWorkerCases(cases, { target, split: "whole", seed: 1, jobs: 4, timeoutMs });
}

function outcomes(results: readonly CaseResult[]): Record<string, string> {
  return Object.fromEntries(
    results.map(({ facts, verdict }) => [
      facts.id,
      verdict.outcome === "could-not-run" ? verdict.reason : verdict.outcome,
    ]),
  );
}
