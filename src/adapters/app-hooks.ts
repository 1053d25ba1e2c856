import type { SharedState } from "../gateway/types.ts";
import { loadStep } from "./load-step.ts";
import type { ModuleExports } from "./module-exports.ts";

/** The life of an application beside its requests. */
export interface AppHooks {
  /** What the hooks and all requests share: `environ["uwsgi_bridge.state"]`. Give it to {@link createWorker}. */
  readonly state: SharedState;
  /**
   * Run the `startup(state)` that the module exports, if it does: before the first request.
   *
   * @throws {@link ConfigError} `UWB_ERR_APP_LOAD` when it fails, or takes longer than the load timeout.
   */
  startup(): Promise<void>;
  /**
   * Run the `shutdown(state)` that the module exports, if it does, then close the application where its framework has a way to: after
   * the last request. Called again, it waits for the first call.
   *
   * @throws The error of the hook, or of the framework.
   */
  shutdown(): Promise<void>;
}

/** The hooks of a module. `close` is how the framework is closed. */
export function createHooks(
  exports: ModuleExports,
  {
    file,
    timeoutMs,
    close,
  }: { readonly file: string; readonly timeoutMs: number; readonly close: () => Promise<void> },
): AppHooks {
  const state: SharedState = {};
  const run = async (name: "startup" | "shutdown"): Promise<void> => {
    const hook = exports[name];
    if (typeof hook === "function") await Reflect.apply(hook, undefined, [state]);
  };
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    try {
      await run("shutdown");
    } finally {
      await close();
    }
  };
  return {
    state,
    startup: () => loadStep(`the hook startup of ${file}`, timeoutMs, () => run("startup")),
    shutdown: () => {
      stopped ??= stop();
      return stopped;
    },
  };
}
