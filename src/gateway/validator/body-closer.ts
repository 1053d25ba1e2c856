import { isThenable } from "./thenable.ts";

/** Engines that know `using` give every generator a disposal. It calls `return()`, which is not for `close()` to do. */
const BUILT_IN_DISPOSALS = new Set<unknown>([
  Reflect.get((function* () {})(), Symbol.dispose),
  Reflect.get((async function* () {})(), Symbol.asyncDispose),
]);

/** What the server would call to close this body: `close()`, else the disposal methods of the language. */
export function closerOf(body: object): (() => unknown) | undefined {
  for (const name of ["close", Symbol.asyncDispose, Symbol.dispose]) {
    const method: unknown = Reflect.get(body, name);
    if (typeof method !== "function" || BUILT_IN_DISPOSALS.has(method)) continue;
    return () => Reflect.apply(method, body, []);
  }
  return undefined;
}

/**
 * Clean up behind a fault, which is the error to report: what fails here is not.
 *
 * @returns A promise when it is not over at once.
 */
export function attempt(action: (() => unknown) | undefined): Promise<unknown> | undefined {
  try {
    const result = action?.();
    return isThenable(result) ? Promise.resolve(result).catch(() => undefined) : undefined;
  } catch {
    return undefined;
  }
}
