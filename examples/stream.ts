import { setTimeout as sleep } from "node:timers/promises";
import type { Application } from "uwsgi-bridge";

/** One line every half second, for as long as the client listens. Try it with `curl -N`. */
export const application: Application = (environ, startResponse) => {
  startResponse("200 OK", [
    ["Content-Type", "text/plain; charset=utf-8"],
    // nginx holds small blocks back unless it is told not to.
    ["X-Accel-Buffering", "no"],
  ]);
  return lines(environ["uwsgi_bridge.signal"]);
};

async function* lines(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let count = 0;
  try {
    for (;;) {
      count += 1;
      yield Buffer.from(`line ${count}\n`);
      // The signal fires when the client leaves, so that nobody sleeps for nothing.
      await sleep(500, undefined, { signal });
    }
  } finally {
    console.log(`the client left after ${count} lines`);
  }
}
