import { expect, test } from "vitest";
import { startFront, startScriptedWorker } from "../support/fronts.ts";
import { connectHttp, converseHttp, header } from "../support/raw-http.ts";
import { until } from "../support/wait.ts";

const HEAD = "GET /x HTTP/1.1\r\nHost: a.test\r\n";
const PAGE = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";

/** A front whose worker answers when it is told to. */
async function startHeldFront() {
  const worker = await startScriptedWorker(() => undefined);
  const { endpoint } = await startFront([worker.endpoint]);
  return { endpoint, worker };
}

test.each([
  { name: "a request", request: `${HEAD}\r\n` },
  { name: "a request that asks for the end", request: `${HEAD}Connection: close\r\n\r\n` },
  { name: "a body", request: "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc" },
])("unreadable bytes behind $name leave its answer alone", async ({ request }) => {
  const { endpoint, worker } = await startHeldFront();
  const socket = connectHttp(endpoint);
  let heard = "";
  socket.on("data", (chunk: Buffer) => {
    heard += chunk.toString("latin1");
  });
  socket.write(request);
  await until(() => worker.requests.length === 1, "the worker has the request");
  socket.write("X\r\n\r\n");
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(heard).toBe("");
  worker.requests[0]?.socket.end(PAGE);
  await new Promise((resolve) => socket.once("end", resolve));
  socket.destroy();
  expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nabc/s);
  expect(heard.match(/HTTP\/1\.1 (?!200)\d+/g) ?? []).toEqual(
    request.includes("close") ? [] : ["HTTP/1.1 400"],
  );
});

test.each([
  { name: "no request at all", bytes: "X\r\n\r\n", status: 400 },
  { name: "a head above its limit", bytes: `${HEAD}X-A: ${"a".repeat(20_000)}\r\n\r\n`, status: 431 },
  {
    name: "chunks that are none",
    bytes: "POST /x HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    status: 400,
  },
  { name: "CONNECT", bytes: "CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n", status: 405 },
])("$name is answered $status, and the connection ends", async ({ bytes, status }) => {
  const { endpoint, worker } = await startHeldFront();
  const { answers, end } = await converseHttp(endpoint, bytes, { quietMs: 5000 });
  expect(answers.map((answer) => answer.status)).toEqual([status]);
  expect(header(answers[0], "connection")).toBe("close");
  expect(end).toBe("fin");
  expect(worker.requests).toEqual([]);
});

test.each([
  { name: "an unreadable target", before: "", bytes: "HEAD x HTTP/1.1\r\nHost: a.test\r\n\r\n" },
  {
    name: "a head above its limit",
    before: "",
    bytes: `HEAD /x HTTP/1.1\r\nX-A: ${"a".repeat(20_000)}\r\n\r\n`,
  },
  {
    name: "an unreadable target behind a request",
    before: `${HEAD}\r\n`,
    bytes: "HEAD x HTTP/1.1\r\nHost: a.test\r\n\r\n",
  },
])("HEAD with $name is refused without a body", async ({ before, bytes }) => {
  const worker = await startScriptedWorker(({ socket }) => socket.end(PAGE));
  const { endpoint } = await startFront([worker.endpoint]);
  const { raw, end } = await converseHttp(endpoint, before + bytes, { quietMs: 5000 });
  expect(raw).toMatch(
    /HTTP\/1\.1 4\d\d [^\r]+\r\nX-Request-Id: [^\r]+\r\nProxy-Status: [^\r]+\r\nConnection: close\r\n\r\n$/,
  );
  expect(end).toBe("fin");
});

test("CONNECT behind a request is answered after it", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end(PAGE));
  const { endpoint } = await startFront([worker.endpoint]);
  const bytes = `${HEAD}\r\nCONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n`;
  const { answers } = await converseHttp(endpoint, bytes, { methods: ["GET", "CONNECT"], quietMs: 5000 });
  expect(answers.map(({ status }) => status)).toEqual([200, 405]);
});

test("a connection that is refused behind a response goes when its client does", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end(PAGE));
  const { endpoint, front } = await startFront([worker.endpoint]);
  const socket = connectHttp(endpoint);
  socket.resume();
  socket.write(`${HEAD}\r\nX\r\n\r\n`);
  await new Promise((resolve) => socket.once("end", resolve));
  socket.destroy();
  await until(() => front.stats().openConnections === 0, "it is gone", 2500);
});

test("requests behind one that asks for an unknown upgrade are not forgotten on an open connection", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end(PAGE));
  const { endpoint } = await startFront([worker.endpoint]);
  const bytes = `${HEAD}Connection: Upgrade\r\nUpgrade: foo\r\n\r\n${HEAD}\r\n`;
  const { answers, end } = await converseHttp(endpoint, bytes, {
    methods: ["GET", "GET"],
    quietMs: 5000,
    enough: 2,
  });
  expect([answers.length, end]).toEqual(answers.length === 2 ? [2, "open"] : [1, "fin"]);
});

test("a client of HTTP/2 is told what is served", async () => {
  const { endpoint } = await startHeldFront();
  const { answers } = await converseHttp(endpoint, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", { quietMs: 5000 });
  expect(answers[0]).toMatchObject({ status: 400, body: expect.stringContaining("HTTP/2 is not served") });
});

test("a client that asks for a tunnel and resets its connection harms nobody", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const { endpoint, front } = await startFront([worker.endpoint]);
  const failures: unknown[] = [];
  const onFailure = (error: unknown): unknown => failures.push(error);
  process.on("uncaughtException", onFailure);
  const socket = connectHttp(endpoint);
  socket.write("CONNECT b.test:443 HTTP/1.1\r\nHost: b.test:443\r\n\r\n");
  await new Promise((resolve) => socket.once("data", resolve));
  socket.resetAndDestroy();
  await until(() => front.stats().openConnections === 0, "the front knows that the client is gone");
  process.off("uncaughtException", onFailure);
  expect(failures).toEqual([]);
});
