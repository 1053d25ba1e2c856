import { setMaxListeners } from "node:events";
import { performance } from "node:perf_hooks";
import { type CaseContext, type ConformanceCase, couldNotRun, type Transport, type Verdict } from "./case.ts";
import type { CaseResult } from "./report.ts";

/** Options of {@link runCases}. */
export interface RunOptions<Context extends CaseContext> {
  /** How the subject is reached: cases that do not fit it are left out. */
  readonly transport: Transport;
  /** Cases at the same time. @defaultValue 4 */
  readonly jobs?: number;
  /** Time for one case, in milliseconds. @defaultValue 10 000 */
  readonly timeoutMs?: number;
  /** The means of one case. `signal` is aborted when the time of the case is over, and once it has ended. */
  contextOf(run: ConformanceCase<Context>, signal: AbortSignal): Context;
  /** Called after each case, in the order they end. */
  onResult?(result: CaseResult, done: number, total: number): void;
}

const DEFAULT_JOBS = 4;
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Run cases and judge them. Never rejects for what a case does: what it throws, and time that runs out, make it one that
 * could not run.
 *
 * @returns One result per case, in the order of `cases`, however they ran.
 */
export async function runCases<Context extends CaseContext>(
  cases: readonly ConformanceCase<Context>[],
  options: RunOptions<Context>,
): Promise<readonly CaseResult[]> {
  const fitting = cases.filter(({ transports }) => transports?.includes(options.transport) ?? true);
  const results = new Map<ConformanceCase<Context>, CaseResult>();
  const runOne = async (one: ConformanceCase<Context>): Promise<void> => {
    const result = await runCase(one, options);
    results.set(one, result);
    options.onResult?.(result, results.size, fitting.length);
  };
  const together = fitting.filter(({ alone }) => alone !== true);
  const queue = together.values();
  const lane = async (): Promise<void> => {
    for (const one of queue) await runOne(one);
  };
  await Promise.all(Array.from({ length: options.jobs ?? DEFAULT_JOBS }, lane));
  for (const one of fitting) if (one.alone === true) await runOne(one);
  return fitting.flatMap((one) => results.get(one) ?? []);
}

async function runCase<Context extends CaseContext>(
  one: ConformanceCase<Context>,
  options: RunOptions<Context>,
): Promise<CaseResult> {
  const controller = new AbortController();
  // One per connection of the case, and a case may have many.
  setMaxListeners(0, controller.signal);
  const started = performance.now();
  const limitMs = (options.timeoutMs ?? DEFAULT_TIMEOUT_MS) + (one.extraTimeMs ?? 0);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => {
      resolve(couldNotRun(`no verdict within ${limitMs} ms`));
      controller.abort();
    }, limitMs);
  });
  const verdict = await Promise.race([judge(one, options, controller.signal), late]);
  clearTimeout(timer);
  controller.abort();
  return { facts: one, verdict, durationMs: performance.now() - started };
}

async function judge<Context extends CaseContext>(
  one: ConformanceCase<Context>,
  options: RunOptions<Context>,
  signal: AbortSignal,
): Promise<Verdict> {
  try {
    const context = options.contextOf(one, signal);
    const verdict = await one.run(context);
    if (verdict.outcome === "passed" && context.contacts === 0) {
      return couldNotRun("the subject was never reached");
    }
    return verdict;
  } catch (error) {
    return couldNotRun(error instanceof Error ? error.message : String(error));
  }
}
