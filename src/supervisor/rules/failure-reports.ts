import type { FleetAction } from "./events.ts";

type Log = Extract<FleetAction, { readonly type: "log" }>;

/**
 * What is told of processes that fail. A reason is told once: while the same thing fails again and again, the repetitions are only
 * there for those who look for them.
 */
export class FailureReports {
  #told: string | undefined;

  about(reason: string, fields: Log["fields"], message: string): Log {
    const level = reason === this.#told ? "debug" : "error";
    this.#told = reason;
    return { type: "log", level, fields: { ...fields, reason }, message };
  }

  /** What fails from now on is news. */
  reset(): void {
    this.#told = undefined;
  }
}
