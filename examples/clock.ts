// Server-sent events from a gateway application: the time, once a second.
//
//   npx uwsgi-bridge serve examples/clock.ts
//   curl -N localhost:8080/events
//   open http://localhost:8080/ in a browser
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Application } from "uwsgi-bridge";

export const application: Application = async (environ, startResponse) => {
  if (environ.PATH_INFO === "/events") {
    startResponse("200 OK", [
      ["Content-Type", "text/event-stream"],
      ["Cache-Control", "no-store"],
    ]);
    return ticks(environ["uwsgi_bridge.signal"]);
  }
  const page = await readFile(new URL("clock.html", import.meta.url));
  startResponse("200 OK", [["Content-Type", "text/html; charset=utf-8"]]);
  return [page];
};

async function* ticks(signal: AbortSignal): AsyncGenerator<Uint8Array> {
  while (!signal.aborted) {
    yield Buffer.from(`event: tick\ndata: ${new Date().toISOString()}\n\n`);
    // Aborted when the client leaves: the clock does not tick for nobody.
    await sleep(1000, undefined, { signal }).catch(() => undefined);
  }
}
