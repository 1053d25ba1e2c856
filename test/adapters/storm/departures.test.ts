import type { Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stormApps } from "./apps.ts";
import { arrive, moments, routes, type StormRoute } from "./clients.ts";
import type { Report } from "./program.ts";
import { StormProcess } from "./storm-process.ts";

/** Clients in all, over all ways; `UWSGI_BRIDGE_STORM` asks for more. */
const CLIENTS = Number(process.env["UWSGI_BRIDGE_STORM"] ?? 600);
const BATCH = 30;
const kinds = Object.keys(stormApps);
const BATCHES = Math.max(1, Math.ceil(CLIENTS / (BATCH * kinds.length * routes.length)));

describe.each(kinds)("%s", (kind) => {
  let storm: StormProcess;
  let atRest: Report;
  let called = 0;
  beforeAll(async () => {
    storm = await StormProcess.start(kind);
    // Whatever a first request sets up once is none of a client's.
    for (const route of routes) await batch(storm, route, moments.length);
    called = routes.length * moments.length;
    atRest = await storm.until(({ worker }) => isIdle(worker), "the first have left");
  });
  afterAll(() => storm.stop());

  test.each(routes)(
    `${BATCHES * BATCH} clients leave over $name: the application sees each of them, and nothing is left`,
    async (route) => {
      for (let number = 0; number < BATCHES; number += 1) await batch(storm, route, BATCH);
      const after = await storm.until((report) => isLike(report, atRest), "all is as before they came");
      expect(after.tally.called - called).toBe(BATCHES * BATCH);
      expect(after.tally.gone).toBe(after.tally.called);
      called = after.tally.called;
    },
    120_000,
  );
});

/** That many clients come, and leave when the application has seen them all. */
async function batch(storm: StormProcess, route: StormRoute, count: number): Promise<void> {
  const { tally } = await storm.report();
  const arriving = Array.from({ length: count }, (_, index) =>
    arrive(route, storm, moments[index % moments.length] ?? "before the first byte"),
  );
  const sockets = await Promise.all(arriving);
  await storm.until(({ tally: now }) => now.called === tally.called + count, "all were called");
  for (const [index, socket] of sockets.entries()) leave(socket, route.canReset && index % 2 === 1);
  await storm.until(({ tally: now }) => now.gone === tally.gone + count, "all departures were seen");
}

function leave(socket: Socket, withReset: boolean): void {
  if (withReset) socket.resetAndDestroy();
  else socket.destroy();
}

/** No connection, no request, and no more descriptors, handles and timers than there were. */
function isLike({ worker, descriptors, resources }: Report, atRest: Report): boolean {
  const names = Object.keys(resources);
  const hasMore = names.some((name) => (resources[name] ?? 0) > (atRest.resources[name] ?? 0));
  return isIdle(worker) && !hasMore && descriptors <= atRest.descriptors;
}

function isIdle({ openConnections, runningRequests, waitingRequests }: Report["worker"]): boolean {
  return openConnections + runningRequests + waitingRequests === 0;
}
