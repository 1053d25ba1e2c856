import { setTimeout as sleep } from "node:timers/promises";
import type { CliIo } from "./io.ts";

/** How long a command goes on when it is told to stop, in milliseconds. */
export interface StopTimes {
  /** For requests to finish. */
  readonly gracefulTimeout: number;
  /** To serve on before anything is closed. @defaultValue 5 s in Kubernetes, else 0 */
  readonly shutdownDelay?: number;
}

/** What is to be stopped. */
export interface Stoppable {
  /** The shutdown delay begins. */
  drain?(): void;
  /** @param timeoutMs - The time that open requests have; after a second request to stop, it is called again with 0. */
  close(timeoutMs: number): Promise<void>;
}

/** Kubernetes tells its proxies that a pod goes at the same time as the pod: they send requests for a while yet. */
const KUBERNETES_DELAY_MS = 5000;

/**
 * Wait until the process is asked to stop, serve on for the shutdown delay, then close. Being asked again means now: the delay, and the wait for
 * open requests, end.
 */
export function untilStopped(io: CliIo, times: StopTimes, stoppable: Stoppable): Promise<void> {
  const again = new AbortController();
  const closeLater = async (): Promise<void> => {
    const delayMs = shutdownDelay(io, times);
    if (delayMs > 0) {
      stoppable.drain?.();
      await sleep(delayMs, undefined, { signal: again.signal }).catch(() => undefined);
    }
    await stoppable.close(again.signal.aborted ? 0 : times.gracefulTimeout);
  };
  return new Promise((resolve, reject) => {
    const stopListening = io.onStop((count) => {
      if (count > 1) again.abort();
      (count === 1 ? closeLater() : stoppable.close(0)).then(() => {
        stopListening();
        resolve();
      }, reject);
    });
  });
}

function shutdownDelay(io: CliIo, times: StopTimes): number {
  // Its supervisor has waited already.
  if (io.child) return 0;
  return times.shutdownDelay ?? (io.env["KUBERNETES_SERVICE_HOST"] === undefined ? 0 : KUBERNETES_DELAY_MS);
}
