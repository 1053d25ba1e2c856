/** What the watchdog is given. */
export interface WatchdogData {
  /** One number, which the event loop counts up at every {@link BEAT_MS}. */
  readonly beats: Int32Array;
  readonly limitMs: number;
  readonly supervisorFd: number;
}

/** How often the event loop shows that it runs. */
export const BEAT_MS = 100;

/** The name of a function of the main thread that tells the requests in progress as JSON: the watchdog calls it inside the code that is stuck. */
export const RUNNING_REQUESTS = "uwsgi_bridge.running_requests";
