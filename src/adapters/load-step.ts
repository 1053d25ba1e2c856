import type { ConfigError } from "../errors.ts";
import { failureReason } from "./failure-reason.ts";
import { loadError } from "./load-error.ts";
import { waitWithin } from "./wait-within.ts";

/**
 * Run a step of loading, and tell which one failed.
 *
 * @param what - The subject of the message, such as `the hook startup of app.ts`.
 * @param run - May be sync or async. It is not stopped when its time is over, since nothing can do that: only waited for no longer.
 * @throws {@link ConfigError} `UWB_ERR_APP_LOAD` when it throws, rejects, or takes longer than `timeoutMs`.
 */
export async function loadStep<T>(what: string, timeoutMs: number, run: () => T | Promise<T>): Promise<T> {
  const done = await waitWithin(started(what, run), timeoutMs);
  if (!done) throw tooLate(what, timeoutMs);
  return done.value;
}

async function started<T>(what: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw loadError(`${what} failed: ${failureReason(error)}`, error);
  }
}

function tooLate(what: string, timeoutMs: number): ConfigError {
  return loadError(
    `${what} did not finish within ${timeoutMs} ms: it waits for something, such as an await that never settles or a server that ` +
      "does not answer; more time: loadTimeoutMs (--load-timeout)",
  );
}
