import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { OpenUpgrades } from "../../../src/front/upgrade/open-upgrades.ts";
import { ReleasedConnection } from "../../../src/front/upgrade/released-connection.ts";
import { UpgradeAttempt } from "../../../src/front/upgrade/upgrade-attempt.ts";
import { Deadlines } from "../../../src/net/deadlines.ts";

/** An attempt on a real connection, how often its response closed, and the client. */
async function startAttempt(): Promise<{ attempt: UpgradeAttempt; closes: () => number; client: Socket }> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => void client.destroy());
  client.write("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  const [request, , head] = (await once(server, "upgrade")) as [IncomingMessage, Duplex, Buffer];
  const deadlines = new Deadlines<never>(1000);
  onTestFinished(() => deadlines.stop());
  const host = { open: new OpenUpgrades(), deadlines: deadlines as never, idleTimeoutMs: 1000 };
  const released = new ReleasedConnection(request.socket, head);
  const attempt = new UpgradeAttempt(request, { offer: ["websocket"], released }, host);
  let closes = 0;
  attempt.response.on("close", () => {
    closes += 1;
  });
  return { attempt, closes: () => closes, client };
}

test("an ordinary answer closes its response once, when it has left", async () => {
  const { attempt, closes, client } = await startAttempt();
  client.resume();
  attempt.response.writeHead(426, { "Content-Length": "0" }).end();
  await once(client, "close");
  expect(closes()).toBe(1);
});

test("a client that leaves closes it once, although the answer ends afterwards", async () => {
  const { attempt, closes, client } = await startAttempt();
  const { socket } = attempt.response;
  client.destroy();
  await once(socket as Socket, "close");
  expect(closes()).toBe(1);
  attempt.response.emit("finish");
  expect(closes()).toBe(1);
});
