import { expect, test } from "vitest";
import { connectTo, requestBytes } from "../support/raw-peer.ts";
import { startWorker, textApp, transports } from "../support/workers.ts";

test.each(transports)(
  "a worker that closes answers whoever waits in the queue of its %s socket",
  async (transport) => {
    const app = textApp("served");
    const { endpoint, worker } = await startWorker(app, {}, { transport });
    const peers = Array.from({ length: 20 }, () => connectTo(endpoint));
    const answers = peers.map(async (socket) => {
      socket.write(requestBytes());
      return Buffer.concat(await socket.toArray()).toString();
    });
    // The system has connected them before the worker has accepted any: both live in this event loop.
    await Promise.all(peers.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
    await worker.close(5000);
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/served$/);
  },
);
