import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sleep } from "../../support/wait.ts";
import { stormApps } from "./apps.ts";
import { requestTo, routes, type StormRoute } from "./clients.ts";
import type { Report } from "./program.ts";
import { StormProcess } from "./storm-process.ts";
import { BLOCK_BYTES, FLOOD_BYTES } from "./tally.ts";

const MEBIBYTE = 1024 * 1024;
/** Less than the body, more than what heap and buffers do by themselves. */
const MAX_GROWTH = 40 * MEBIBYTE;
/** After all has gone through, nothing of it is kept. */
const MAX_LEFT = 8 * MEBIBYTE;
/** What the system may hold between two processes. */
const MAX_ON_THE_WAY = 24 * MEBIBYTE;
const QUIET_MS = 250;

describe.each(Object.keys(stormApps))("%s", (kind) => {
  describe.each(routesOf(kind))("over $name", (route) => {
    let storm: StormProcess;
    beforeAll(async () => {
      storm = await StormProcess.start(kind);
      await warmUp(storm, route);
    });
    afterAll(() => storm.stop());

    test("64 MB to a client that stops: the application stops, memory is flat, all of it arrives", async () => {
      const before = await storm.report();
      const socket = connect(route.address(storm));
      socket.pause();
      socket.write(requestTo(route, "/flood", undefined));
      const stalled = await stillness(storm, ({ tally }) => tally.bytes - before.tally.bytes);
      expect(stalled.amount).toBeLessThan(MAX_ON_THE_WAY);
      expect(stalled.report.rssBytes - before.rssBytes).toBeLessThan(MAX_GROWTH);
      let heard = 0;
      socket.on("data", (block) => {
        heard += block.length;
      });
      socket.resume();
      await storm.until(({ tally }) => tally.bytes === before.tally.bytes + FLOOD_BYTES, "all is written");
      while (heard < FLOOD_BYTES) await once(socket, "data");
      await storm.until(({ heldBytes }) => heldBytes - before.heldBytes < MAX_LEFT, "nothing of it is kept");
      socket.destroy();
    });

    test("64 MB into an application that stops: the client stops, memory is flat, all of it arrives", async () => {
      const before = await storm.report();
      const socket = connect(route.address(storm));
      socket.write(requestTo(route, "/drain", FLOOD_BYTES));
      let sent = 0;
      const write = (): void => {
        while (sent < FLOOD_BYTES) {
          sent += BLOCK_BYTES;
          if (!socket.write(Buffer.alloc(BLOCK_BYTES, "u"))) return;
        }
      };
      socket.on("drain", write);
      write();
      const stalled = await stillness(storm, () => sent);
      expect(stalled.amount).toBeLessThan(MAX_ON_THE_WAY);
      expect(stalled.report.rssBytes - before.rssBytes).toBeLessThan(MAX_GROWTH);
      storm.release();
      let heard = "";
      const expected = String(before.tally.bytes + FLOOD_BYTES);
      while (!heard.includes(expected)) heard += String((await once(socket, "data"))[0]);
      await storm.until(({ heldBytes }) => heldBytes - before.heldBytes < MAX_LEFT, "nothing of it is kept");
      socket.destroy();
    });
  });
});

/** All over a Unix socket, and one of each kind over TCP and behind our front, where the same adapters run. */
function routesOf(kind: string): readonly StormRoute[] {
  const isOneOfItsKind = ["plain on the socket", "Hono", "gateway"].includes(kind);
  return routes.filter(({ name }) => isOneOfItsKind || name === "a Unix socket");
}

/** The heap of a process grows to its working size with the first large body. */
async function warmUp(storm: StormProcess, route: StormRoute): Promise<void> {
  const socket = connect(route.address(storm));
  socket.resume();
  socket.write(requestTo(route, "/flood", undefined));
  await storm.until(({ tally }) => tally.bytes === FLOOD_BYTES, "the first body is written");
  socket.destroy();
  await storm.until(({ worker }) => worker.openConnections === 0, "the first client has left");
}

/** Look until a number rests. */
async function stillness(
  storm: StormProcess,
  look: (report: Report) => number,
): Promise<{ readonly amount: number; readonly report: Report }> {
  let last = -1;
  for (;;) {
    const report = await storm.report();
    const amount = look(report);
    if (amount > 0 && amount === last) return { amount, report };
    last = amount;
    await sleep(QUIET_MS);
  }
}
