import type { CliIo } from "./io.ts";

/**
 * Wait until the process is asked to stop, then close. Being asked again means now: the wait for open requests ends.
 *
 * @param close - Called with the time that open requests have, in milliseconds; after a second request to stop, again with 0.
 */
export function untilStopped(
  io: CliIo,
  gracefulTimeoutMs: number,
  close: (timeoutMs: number) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopListening = io.onStop((count) => {
      close(count === 1 ? gracefulTimeoutMs : 0).then(() => {
        stopListening();
        resolve();
      }, reject);
    });
  });
}
