import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { request } from "../../src/client/request.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { asTarget } from "../support/rude-peers.ts";
import { until } from "../support/wait.ts";
import { startWorker, textApp, transports } from "../support/workers.ts";

function connectTo(endpoint: Endpoint): Socket {
  const target = asTarget(endpoint);
  const socket = connect(
    target.type === "unix" ? { path: target.path } : { port: target.port, host: target.host },
  );
  onTestFinished(() => void socket.destroy());
  return socket;
}

test.each(transports)(
  "beyond its connections a worker answers 503, logs it once, and goes on when one closes (%s)",
  async (transport) => {
    const { worker, endpoint, log } = await startWorker(textApp("ok"), { maxConnections: 2 }, { transport });
    const first = connectTo(endpoint);
    const second = connectTo(endpoint);
    await until(() => worker.stats().openConnections === 2, "both are there");
    for (let index = 0; index < 50; index += 1) {
      const text = Buffer.concat(await connectTo(endpoint).toArray()).toString();
      expect(text).toMatch(
        /^HTTP\/1\.1 503 .*\r\nRetry-After: 1\r\n.*\r\n\r\nUWB_ERR_TOO_MANY_CONNECTIONS\n$/s,
      );
    }
    expect(worker.stats()).toMatchObject({ openConnections: 2, refusedConnections: 50, requests: 0 });
    expect(log.lines.map(({ fields }) => fields)).toEqual([
      { code: "UWB_ERR_TOO_MANY_CONNECTIONS", open: 2, max: 2, total: 1, count: 1 },
    ]);
    first.end();
    await once(first.resume(), "close");
    await until(() => worker.stats().openConnections === 1, "it has noticed");
    expect((await request(asTarget(endpoint))).status).toBe(200);
    second.destroy();
  },
);
