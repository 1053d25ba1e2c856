import type { ResponseFinished } from "../types.ts";
import { fault } from "./lint-error.ts";

/**
 * `uwsgi_bridge.response_finished` as the application sees it: the server's own array, in which every callable
 * that is put there watches when it runs. Read back, it is the callable that was put there.
 */
export function guardFinishers(finishers: ResponseFinished[]): ResponseFinished[] {
  const originals = new WeakMap<object, unknown>();
  /** Place of the callable that ran last. */
  let last = Number.POSITIVE_INFINITY;

  function guarded(finisher: unknown): unknown {
    if (typeof finisher !== "function") return finisher;
    let hasRun = false;
    const guard: ResponseFinished = (response) => {
      const place = finishers.indexOf(guard);
      if (hasRun) throw fault("S34", `the callable at index ${place} run again`);
      if (place > last) throw fault("S34", `the callable at index ${place} run behind that at index ${last}`);
      hasRun = true;
      // One that was taken out before it runs has no place any more.
      if (place !== -1) last = place;
      return finisher(response);
    };
    originals.set(guard, finisher);
    return guard;
  }

  return new Proxy(finishers, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key);
      return (typeof value === "function" && originals.get(value)) || value;
    },
    set: (target, key, value) => Reflect.set(target, key, guarded(value)),
  });
}
