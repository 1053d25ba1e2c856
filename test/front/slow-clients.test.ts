import { expect, test } from "vitest";
import { startFront, startScriptedWorker } from "../support/fronts.ts";
import { connectHttp } from "../support/raw-http.ts";
import { sleep, until } from "../support/wait.ts";

const GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

test("a client that takes nothing of its response is cut, and its worker is free again", async () => {
  const block = Buffer.alloc(1_000_000);
  const worker = await startScriptedWorker(({ socket }) => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    const more = (): void => {
      while (socket.writable && socket.write(block));
    };
    socket.on("drain", more);
    more();
  });
  const { endpoint, front, log } = await startFront([worker.endpoint], { clientSendTimeoutMs: 1000 });
  const client = connectHttp(endpoint);
  client.pause();
  client.write(GET);
  await until(() => front.stats().openRequests === 1, "the request is served");
  await until(() => front.stats().openRequests === 0, "the client is cut", 10_000);
  await until(() => front.stats().upstreams[0]?.busy === 0, "the connection to the worker is closed");
  expect(log.codes).toEqual(["UWB_ERR_SEND_TIMEOUT"]);
  client.destroy();
}, 20_000);

test("a client that reads slowly, but reads, gets all of it", async () => {
  const size = 12_000_000;
  const worker = await startScriptedWorker(({ socket }) => {
    socket.end(Buffer.concat([Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), Buffer.alloc(size)]));
  });
  const { endpoint, log } = await startFront([worker.endpoint], { clientSendTimeoutMs: 1500 });
  const client = connectHttp(endpoint);
  let received = 0;
  client.on("data", (chunk: Buffer) => {
    received += chunk.length;
    client.pause();
    setTimeout(() => client.resume(), 10);
  });
  client.write(GET);
  await until(() => received > size, "the whole response has come", 60_000);
  expect(log.codes).toEqual([]);
  client.destroy();
}, 70_000);

test("line ends between requests do not keep a connection for ever", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end("HTTP/1.1 200 OK\r\n\r\nok"));
  const limits = { keepAliveTimeoutMs: 500, headersTimeoutMs: 1000 };
  const { endpoint } = await startFront([worker.endpoint], limits);
  const client = connectHttp(endpoint);
  let isClosed = false;
  client.on("close", () => {
    isClosed = true;
  });
  client.on("error", () => undefined).resume();
  client.write(GET);
  const started = performance.now();
  while (!isClosed && performance.now() - started < 15_000) {
    client.write("\r\n");
    await sleep(100);
  }
  expect(isClosed).toBe(true);
  client.destroy();
}, 20_000);

test("a silent client of a body that is passed on as it comes is told 408", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const options = { requestBuffering: false, bodyTimeoutMs: 100 };
  const { endpoint, log } = await startFront([worker.endpoint], options);
  const client = connectHttp(endpoint);
  let heard = "";
  client.on("data", (chunk) => {
    heard += chunk.toString("latin1");
  });
  client.write("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nabc");
  await until(() => heard.includes("UWB_ERR_BODY_TIMEOUT"), "the client is told");
  expect(heard).toMatch(/^HTTP\/1\.1 408 /);
  expect(log.codes).toEqual(["UWB_ERR_BODY_TIMEOUT"]);
  client.destroy();
});
