import type { LoadedApp } from "../adapters/load-app.ts";
import { waitWithin } from "../adapters/wait-within.ts";
import type { Logger } from "../log.ts";
import type { Worker } from "../worker/worker.ts";
import { EXIT } from "./exit-codes.ts";
import { ExitError } from "./failure.ts";

/** A hook gets this long even when the requests have used up the time there was. */
const LEAST_SHUTDOWN_MS = 1000;

/**
 * How to close a worker with its application: requests first, then the hook `shutdown`.
 *
 * @returns For {@link untilStopped}. It rejects with an {@link ExitError} when the hook fails, which is then in the log.
 */
export function closeWithApp(
  worker: Pick<Worker, "close">,
  app: Pick<LoadedApp, "shutdown">,
  log: Logger,
): (timeoutMs: number) => Promise<void> {
  return async (timeoutMs) => {
    const startedAt = performance.now();
    await worker.close(timeoutMs);
    const leftMs = timeoutMs - (performance.now() - startedAt);
    // Told to stop now, nothing is waited for.
    const hookMs = timeoutMs === 0 ? 0 : Math.max(leftMs, LEAST_SHUTDOWN_MS);
    await shutdownWithin(app, hookMs, log);
  };
}

async function shutdownWithin(
  app: Pick<LoadedApp, "shutdown">,
  timeoutMs: number,
  log: Logger,
): Promise<void> {
  try {
    if (await waitWithin(app.shutdown(), timeoutMs)) return;
  } catch (error) {
    log.error({ err: error }, "the application failed to shut down");
    throw new ExitError(EXIT.failure);
  }
  log.error({ timeoutMs }, "the application was still shutting down when its time was over");
}
