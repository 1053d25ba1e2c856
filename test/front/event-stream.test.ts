import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { ClientResponse } from "../../src/front/response/client-response.ts";
import { startFront, startScriptedWorker } from "../support/fronts.ts";
import { startTalker } from "../support/tunnels.ts";
import { until } from "../support/wait.ts";
import { startWorker } from "../support/workers.ts";

const GET = "GET /events HTTP/1.1\r\nHost: a.test\r\n\r\n";
const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";

test("head and events reach the client one by one, each before the next is produced", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.write(HEAD));
  const { endpoint } = await startFront([worker.endpoint]);
  const client = startTalker(endpoint, GET);
  await client.untilHeard("\r\n\r\n");
  for (const event of ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]) {
    worker.requests[0]?.socket.write(event);
    await client.untilHeard(event);
  }
});

test("events of our worker pass one by one", async () => {
  const heard: ((text: string) => void)[] = [];
  const { endpoint: to } = await startWorker(async function* (_environ, startResponse) {
    startResponse("200 OK", [["Content-Type", "text/event-stream"]]);
    for (let count = 1; count <= 3; count += 1) {
      yield Buffer.from(`data: ${count}\n\n`);
      await new Promise<void>((resolve) => heard.push(() => resolve()));
    }
  });
  const { endpoint } = await startFront([to]);
  const client = startTalker(endpoint, GET);
  for (let count = 1; count <= 3; count += 1) {
    await client.untilHeard(`data: ${count}\n\n`);
    await until(() => heard.length === count, "the application waits");
    heard[count - 1]?.("");
  }
  await client.untilHeard("0\r\n\r\n");
});

test("silence between events is no reason to give up, as it is elsewhere", async () => {
  const worker = await startScriptedWorker(({ socket, packet }) => {
    const isStream = packet.vars.some(([, value]) => value === "/events");
    socket.write(
      isStream ? `${HEAD}data: 1\n\n` : "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nstart",
    );
  });
  const { front, endpoint } = await startFront([worker.endpoint], { readTimeoutMs: 100 });
  const events = startTalker(endpoint, GET);
  await events.untilHeard("data: 1");
  const text = startTalker(endpoint, GET.replace("/events", "/text"));
  await text.untilHeard("start");
  // The other response, which began later, is given up first.
  await text.untilEnd();
  worker.requests[0]?.socket.write("data: 2\n\n");
  await events.untilHeard("data: 2");
  events.socket.destroy();
  await until(() => front.stats().openRequests === 0, "the client's leaving ended the stream");
  await until(() => worker.requests[0]?.socket.readableEnded === true, "the worker learnt it");
});

test("the head itself must come in time", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const { endpoint } = await startFront([worker.endpoint], { readTimeoutMs: 50 });
  await startTalker(endpoint, GET).untilHeard("UWB_ERR_UPSTREAM_READ_TIMEOUT");
});

test("nothing of a stream is held back, not for one turn of the event loop", () => {
  const calls: string[] = [];
  const response = {
    headersSent: false,
    destroyed: false,
    writeHead: () => calls.push("head"),
    write: (block: Uint8Array | string) => calls.push(`block of ${block.length}`),
  };
  const answer = new ClientResponse(
    { httpVersion: "1.1" } as IncomingMessage,
    response as unknown as ServerResponse,
    { mustClose: () => false },
  );
  answer.begin({ status: 200, reason: "OK", headers: [] }, { type: "close", length: undefined }, false);
  answer.write(Buffer.from("data: 1\n\n"));
  expect(calls).toEqual(["head", "block of 0", "block of 9"]);
});
