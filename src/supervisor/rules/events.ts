/** How a process ended. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How a process ended, for people. */
export function describeExit({ code, signal }: ChildExit): string {
  return signal === null ? `with exit code ${code}` : `by ${signal}`;
}

/** What happens to a fleet. Processes are named by the id of their {@link FleetAction} `spawn`. */
export type FleetEvent =
  | { readonly type: "start" }
  /** It serves. */
  | { readonly type: "ready"; readonly id: number }
  /** It can not start, and says why; its end follows. */
  | { readonly type: "failed"; readonly id: number; readonly reason: string }
  | { readonly type: "exited"; readonly id: number; readonly exit: ChildExit }
  /** What it has done since it started, and holds now. */
  | { readonly type: "report"; readonly id: number; readonly requests: number; readonly rssBytes: number }
  /** Replace this one, whatever its state. */
  | { readonly type: "retire"; readonly id: number; readonly reason: string }
  /** Replace all by processes that load the application anew. */
  | { readonly type: "reload"; readonly reason: string }
  /** One process more, one process less. */
  | { readonly type: "grow" }
  | { readonly type: "shrink" }
  | { readonly type: "stop"; readonly timeoutMs: number }
  | { readonly type: "stop-now" }
  /** The time that {@link Fleet.wakeAt} named has come. */
  | { readonly type: "tick" };

/** What is to be done about it. */
export type FleetAction =
  | { readonly type: "spawn"; readonly id: number; readonly worker: number; readonly generation: number }
  /** Finish what was begun, then end. */
  | { readonly type: "stop"; readonly id: number }
  /** Break off, then end. */
  | { readonly type: "cut"; readonly id: number }
  | { readonly type: "kill"; readonly id: number }
  | {
      readonly type: "log";
      readonly level: "debug" | "info" | "warn" | "error";
      readonly fields: Readonly<Record<string, unknown>>;
      readonly message: string;
    }
  /** For the first time, all processes serve. */
  | { readonly type: "up" }
  /** Nothing serves, and will not for a while: clients had better fail than wait. `isDark` false: something serves again. */
  | { readonly type: "dark"; readonly isDark: boolean }
  | { readonly type: "reloading" }
  /** A reload is over; `isDone`: the new generation serves. */
  | { readonly type: "reloaded"; readonly isDone: boolean }
  /** The first generation can not be started: nothing is left but to say why. */
  | { readonly type: "give-up"; readonly exit: ChildExit; readonly reason: string }
  /** After a stop, the last process has ended. */
  | { readonly type: "down" };
