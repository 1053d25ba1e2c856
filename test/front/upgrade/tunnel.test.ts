import type { Socket } from "node:net";
import { expect, test } from "vitest";
import { type ScriptedRequest, startFront, startScriptedWorker, varsOf } from "../../support/fronts.ts";
import { startTalker, upgradeRequest } from "../../support/tunnels.ts";
import { sleep, until } from "../../support/wait.ts";
import { transports } from "../../support/workers.ts";

const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";
const allow = { upgrade: ["echo"] };

/** Answers 101 and sends everything back. */
function echo({ socket, body }: ScriptedRequest): void {
  socket.write(SWITCH);
  socket.write(body());
  socket.on("data", (chunk) => socket.write(chunk));
  socket.on("end", () => socket.end());
}

test.each(transports)("bytes go both ways over %s, and both ends are passed on", async (transport) => {
  const worker = await startScriptedWorker(echo, transport);
  const { front, endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));

  expect(await client.untilHeard("\r\n\r\n")).toBe(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n",
  );
  expect(varsOf(worker.requests[0])).toMatchObject({ HTTP_UPGRADE: "echo", HTTP_CONNECTION: "upgrade" });
  expect(front.stats()).toMatchObject({ tunnels: 1, openRequests: 0 });
  client.socket.write("one");
  await client.untilHeard("one");
  client.socket.end("two");
  await client.untilHeard("onetwo");
  expect(await client.untilEnd()).toBe("fin");
  await until(() => front.stats().tunnels === 0, "the tunnel was forgotten");
});

test("what either side sends too early is not lost", async () => {
  const worker = await startScriptedWorker(({ socket }) => {
    socket.on("data", (chunk: Buffer) => socket.write(`<${chunk}>`));
    socket.write(`${SWITCH}welcome`);
  });
  const { endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, `${upgradeRequest("echo")}early`);
  expect(await client.untilHeard("<early>")).toContain("\r\n\r\nwelcome");
});

test("what the client sends while the worker thinks waits for the switch", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const { endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await until(() => worker.requests.length === 1, "the request arrived");
  const [request] = worker.requests as [ScriptedRequest];
  await new Promise<void>((resolve) => client.socket.write("early", () => resolve()));
  // The worker answers only now; nothing of the new protocol may have reached it before.
  const first = new Promise<Buffer>((resolve) => request.socket.once("data", resolve));
  expect(request.body().toString()).toBe("");
  request.socket.write(SWITCH);
  expect((await first).toString()).toBe("early");
});

test("a client may send more in advance than the front keeps", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const { endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await until(() => worker.requests.length === 1, "the request arrived");
  const sent = Buffer.alloc(1024 * 1024, "0123456789");
  client.socket.write(sent);
  await until(() => client.socket.bytesWritten > sent.length, "some of it left");
  const [request] = worker.requests as [ScriptedRequest];
  echo(request);
  await until(() => client.heard().length >= SWITCH.length + sent.length, "all of it came back", 20_000);
});

test("the worker may end its side first", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end(`${SWITCH}bye`));
  const { endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));
  expect(await client.untilEnd()).toBe("fin");
  expect(client.heard()).toBe(`${SWITCH}bye`);
  const [request] = worker.requests as [ScriptedRequest];
  client.socket.write("last words");
  await until(() => request.body().toString() === "last words", "the other direction was still open");
  client.socket.end();
  await until(() => request.socket.closed, "both connections were closed");
});

test("a client that breaks off takes the worker's connection with it", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.write(SWITCH));
  const { front, endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await client.untilHeard(SWITCH);
  client.socket.resetAndDestroy();
  const [request] = worker.requests as [ScriptedRequest];
  await until(() => request.socket.readableEnded || request.socket.destroyed, "the worker learnt it");
  await until(() => front.stats().tunnels === 0, "the tunnel was forgotten");
});

test("a worker that breaks off takes the client's connection with it", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.write(SWITCH));
  const { endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await client.untilHeard(SWITCH);
  worker.requests[0]?.socket.resetAndDestroy();
  await until(() => client.socket.destroyed || client.socket.readableEnded, "the client learnt it");
});

test("a worker that has closed both ways is not written to for ever", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end(SWITCH, () => socket.destroy()));
  const { endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await client.untilEnd();
  await until(() => {
    if (!client.socket.closed) client.socket.write("anybody there?");
    return client.socket.closed;
  }, "the client learnt it");
});

test("a client that reads nothing stops the worker's writing", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.write(SWITCH));
  const { endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await client.untilHeard(SWITCH);
  client.socket.pause();
  const { socket } = worker.requests[0] as ScriptedRequest;
  const block = Buffer.alloc(1024 * 1024, "x");
  let taken = 0;
  // Far more than the buffers between the two can hold: somebody has to say stop.
  while (taken < 64 && socket.write(block)) taken += 1;
  for (; taken < 64 && (await drains(socket)); taken += 1) socket.write(block);
  expect(taken).toBeLessThan(64);
  client.socket.resume();
  await until(
    () => client.heard().length >= SWITCH.length + taken * block.length,
    "everything arrived",
    20_000,
  );
});

test("a client that leaves before the switch is not waited for", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const { front, endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await until(() => worker.requests.length === 1, "the request arrived");
  client.socket.destroy();
  await until(() => worker.requests[0]?.socket.readableEnded === true, "the worker's connection was closed");
  expect(front.stats()).toMatchObject({ openRequests: 0, tunnels: 0 });
});

test("a silent tunnel is closed", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.write(SWITCH));
  const { endpoint } = await startFront([worker.endpoint], { ...allow, tunnelIdleTimeoutMs: 200 });
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await client.untilHeard(SWITCH);
  await client.untilEnd();
});

test("a tunnel in which somebody talks now and then stays", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.write(SWITCH));
  const { front, endpoint } = await startFront([worker.endpoint], { ...allow, tunnelIdleTimeoutMs: 1000 });
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await client.untilHeard(SWITCH);
  const [request] = worker.requests as [ScriptedRequest];
  for (let count = 1; count <= 8; count += 1) {
    await sleep(250);
    if (count <= 4) request.socket.write("x");
    else client.socket.write("y");
  }
  await until(() => request.body().toString() === "yyyy", "everything arrived");
  expect(client.heard()).toBe(`${SWITCH}xxxx`);
  expect(front.stats().tunnels).toBe(1);
});

test("the read timeout does not end a tunnel", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.write(SWITCH));
  const { endpoint } = await startFront([worker.endpoint], {
    ...allow,
    readTimeoutMs: 100,
    tunnelIdleTimeoutMs: 600,
  });
  const client = startTalker(endpoint, upgradeRequest("echo"));
  const startedAt = performance.now();
  await client.untilHeard(SWITCH);
  await client.untilEnd();
  expect(performance.now() - startedAt).toBeGreaterThan(500);
});

test("closing waits for tunnels", async () => {
  const worker = await startScriptedWorker(echo);
  const { front, endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await client.untilHeard(SWITCH);
  let isClosed = false;
  const closed = front.close(20_000).then(() => {
    isClosed = true;
  });
  client.socket.write("still there");
  await client.untilHeard("still there");
  expect(isClosed).toBe(false);
  client.socket.end();
  await closed;
});

test("closing lets a switch that was asked for take place", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const { front, endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await until(() => worker.requests.length === 1, "the request arrived");
  const closed = front.close(20_000);
  echo(worker.requests[0] as ScriptedRequest);
  await client.untilHeard(SWITCH);
  client.socket.write("x");
  await client.untilHeard(`${SWITCH}x`);
  client.socket.end();
  await closed;
});

test("closing cuts tunnels, and those who wait for a switch, when its time is over", async () => {
  const worker = await startScriptedWorker((request) => {
    if (worker.requests.length === 1) echo(request);
  });
  const { front, endpoint } = await startFront([worker.endpoint], allow);
  const tunnel = startTalker(endpoint, upgradeRequest("echo"));
  await tunnel.untilHeard(SWITCH);
  const waiting = startTalker(endpoint, upgradeRequest("echo"));
  await until(() => worker.requests.length === 2, "the second request arrived");
  await front.close(50);
  await Promise.all([tunnel.untilEnd(), waiting.untilEnd()]);
  expect(front.stats()).toMatchObject({ tunnels: 0, openRequests: 0 });
});

test("the two talk in blocks of any size", async () => {
  const worker = await startScriptedWorker(echo);
  const { endpoint } = await startFront([worker.endpoint], allow);
  const client = startTalker(endpoint, upgradeRequest("echo"));
  await client.untilHeard(SWITCH);
  const sent = Buffer.alloc(3 * 1024 * 1024, "0123456789");
  client.socket.end(sent);
  await client.untilEnd();
  expect(client.heard().length).toBe(SWITCH.length + sent.length);
});

/** Whether the socket takes bytes again within a time in which an open path would have taken them many times over. */
async function drains(socket: Socket): Promise<boolean> {
  return Promise.race([
    new Promise<boolean>((resolve) => socket.once("drain", () => resolve(true))),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 1000)),
  ]);
}
