import type { RunningRequest } from "../running-request.ts";

/** What the watchdog is given. */
export interface WatchdogData {
  /** One number, which the event loop counts up at every {@link BEAT_MS}. */
  readonly beats: Int32Array;
  readonly limitMs: number;
  readonly supervisorFd: number;
}

/** How often the event loop shows that it runs. */
export const BEAT_MS = 100;

/** What the watchdog asks the main thread for. */
export interface ConnectionsAtWork {
  readonly running: readonly RunningRequest[];
  /** Descriptors of kept connections whose last response has left, and on which nothing was read of a further request. */
  readonly resting: readonly number[];
}

/** The name of a function of the main thread that tells {@link ConnectionsAtWork} as JSON: the watchdog calls it inside the code that is stuck. */
export const CONNECTIONS_AT_WORK = "uwsgi_bridge.connections_at_work";
