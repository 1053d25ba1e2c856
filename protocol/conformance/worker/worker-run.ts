import { randomUUID } from "node:crypto";
import type { CaseResult } from "../report.ts";
import { runCases } from "../runner.ts";
import type { WorkerCase } from "./worker-case.ts";
import { type WorkerAsking, WorkerContext } from "./worker-context.ts";
import { transportOf } from "./worker-target.ts";

/** Options of {@link runWorkerCases}. */
export interface WorkerRunOptions extends WorkerAsking {
  /** Cases at the same time. */
  readonly jobs: number;
  onResult?(result: CaseResult, done: number, total: number): void;
}

/** A case may wait for an answer, look at what the application counted, and ask whether the worker is alive. */
const WAITS_PER_CASE = 3;

/** Run cases of the worker suite against a worker. Results are in the order of `cases`. */
export function runWorkerCases(
  cases: readonly WorkerCase[],
  options: WorkerRunOptions,
): Promise<readonly CaseResult[]> {
  return runCases(cases, {
    transport: transportOf(options.target),
    jobs: options.jobs,
    timeoutMs: WAITS_PER_CASE * options.timeoutMs,
    contextOf: ({ id }, signal) => new WorkerContext(options, { id, token: randomUUID(), signal }),
    ...(options.onResult === undefined ? {} : { onResult: options.onResult }),
  });
}
