import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** A function that collects young objects at once, in a fraction of a millisecond. `undefined` where the engine has none. */
export function youngCollector(): (() => void) | undefined {
  // The engine hands it to contexts that are created meanwhile; the application's is not among them.
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("globalThis.gc");
  setFlagsFromString("--no-expose-gc");
  if (typeof collect !== "function") return undefined;
  return () => void Reflect.apply(collect, undefined, [{ type: "minor" }]);
}
