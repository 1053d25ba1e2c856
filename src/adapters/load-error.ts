import { ConfigError } from "../errors.ts";

/** The application can not be run: the module says why not, or we say what it lacks. */
export function loadError(message: string, cause?: unknown): ConfigError {
  return new ConfigError("app", message, "UWB_ERR_APP_LOAD", cause === undefined ? {} : { cause });
}

/** `"TypeError: x is no function"`: how a message quotes what application code threw. */
export function quoted(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/**
 * Run a step of loading, and tell which one failed.
 *
 * @param what - The subject of the message, such as `the hook startup of app.ts`.
 * @param run - May be sync or async. It is not stopped when its time is over, since nothing can do that: only waited for no longer.
 * @throws {@link ConfigError} `UWB_ERR_APP_LOAD` when it throws, rejects, or takes longer than `timeoutMs`.
 */
export async function loadStep<T>(what: string, timeoutMs: number, run: () => T | Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(tooLate(what, timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([started(what, run), late]);
  } finally {
    clearTimeout(timer);
  }
}

async function started<T>(what: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw loadError(`${what} failed: ${quoted(error)}`, error);
  }
}

function tooLate(what: string, timeoutMs: number): ConfigError {
  return loadError(
    `${what} did not finish within ${timeoutMs} ms: it waits for something, such as an await that never settles or a server that ` +
      "does not answer; more time: loadTimeoutMs (--load-timeout)",
  );
}
