import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { AccessLines } from "../../support/access-lines.ts";
import { startFront, startScriptedWorker } from "../../support/fronts.ts";
import { connectHttp, converseHttp, header } from "../../support/raw-http.ts";
import { refusingAddress, startPeer } from "../../support/rude-peers.ts";
import { makeTempDir, removeTempDir } from "../../support/temp-dir.ts";
import { startTalker } from "../../support/tunnels.ts";
import { until } from "../../support/wait.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const head = (line: string, fields = ""): string => `${line} HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`;
const GET = head("GET /x");

async function loggedFront(answer = OK, options: Parameters<typeof startFront>[1] = {}) {
  const log = new AccessLines();
  const worker = await startScriptedWorker(({ socket }) => void socket.end(answer, "latin1"));
  const { endpoint, front } = await startFront([worker.endpoint], { accessLog: log.stream, ...options });
  return { log, worker, endpoint, front };
}

test("a line says who asked for what, what was answered, by whom and how fast", async () => {
  const { log, endpoint, worker } = await loggedFront();
  const fields = 'Referer: http://b.test/"x"\r\nUser-Agent: curl\r\n';
  await converseHttp(endpoint, head("GET /a%20b?c=d", fields), { enough: 1 });
  const [record] = await log.records(1);
  const to = worker.endpoint.type === "tcp" ? `127.0.0.1:${worker.endpoint.port}` : "";
  expect(record).toEqual({
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/) as string,
    remoteAddress: "127.0.0.1",
    method: "GET",
    target: "/a%20b?c=d",
    protocol: "HTTP/1.1",
    host: "a.test",
    status: 200,
    bodyBytes: 5,
    bytes: expect.any(Number) as number,
    durationMs: expect.any(Number) as number,
    requestId: expect.stringMatching(/^[\w-]+$/) as string,
    referer: 'http://b.test/"x"',
    userAgent: "curl",
    upstream: to,
    attempts: 1,
    queueMs: expect.any(Number) as number,
    connectMs: expect.any(Number) as number,
    headerMs: expect.any(Number) as number,
    responseMs: expect.any(Number) as number,
  });
});

test("bytes are those of each response, on a connection of several", async () => {
  const { log, endpoint } = await loggedFront();
  const bytes = GET + head("HEAD /y") + GET;
  const { answers, raw } = await converseHttp(endpoint, bytes, {
    methods: ["GET", "HEAD", "GET"],
    enough: 3,
  });
  expect(answers).toHaveLength(3);
  const records = await log.records(3);
  expect(records.map(({ method, bodyBytes }) => [method, bodyBytes])).toEqual([
    ["GET", 5],
    ["HEAD", 0],
    ["GET", 5],
  ]);
  expect(records.reduce((sum, { bytes: each }) => sum + Number(each), 0)).toBe(raw.length);
});

test("no line has what identifies somebody", async () => {
  const { log, endpoint } = await loggedFront();
  const fields = "Cookie: s=secret\r\nAuthorization: Basic secret\r\n";
  await converseHttp(endpoint, head("GET http://user:secret@a.test/x", fields), { enough: 1 });
  const [record] = await log.records(1);
  expect(record).toMatchObject({ target: "http://a.test/x" });
  expect(log.text).not.toContain("secret");
});

test("without queries no log has one", async () => {
  const { log, endpoint } = await loggedFront(OK, { logQuery: false });
  await converseHttp(endpoint, head("GET /a?secret=1", "Referer: /b?secret=2\r\n"), { enough: 1 });
  expect((await log.records(1))[0]).toMatchObject({ target: "/a", referer: "/b" });
  const failing = new AccessLines();
  const front = await startFront([await refusingAddress()], { logQuery: false, accessLog: failing.stream });
  await converseHttp(front.endpoint, head("GET /a?secret=1"), { enough: 1 });
  await converseHttp(front.endpoint, head("TRACE /a?secret=1"), { enough: 1 });
  await failing.records(2);
  expect(front.log.lines).toHaveLength(2);
  expect(failing.text + JSON.stringify(front.log.lines)).not.toContain("secret");
});

describe("what goes wrong is logged: ", () => {
  test("a failure with its code and the id that the client has", async () => {
    const log = new AccessLines();
    const { endpoint } = await startFront([await refusingAddress()], { accessLog: log.stream });
    const { answers } = await converseHttp(endpoint, GET, { enough: 1 });
    expect((await log.records(1))[0]).toMatchObject({
      status: 503,
      code: "UWB_ERR_UPSTREAM_CONNECT",
      requestId: header(answers[0], "x-request-id"),
      attempts: 1,
    });
  });

  test("a refusal", async () => {
    const { log, endpoint } = await loggedFront();
    await converseHttp(endpoint, head("TRACE /x"), { enough: 1 });
    const [record] = await log.records(1);
    expect(record).toMatchObject({ method: "TRACE", status: 405, code: "UWB_ERR_REQUEST_INVALID" });
    expect(record).not.toHaveProperty("upstream");
  });

  test("bytes that are no request", async () => {
    const { log, endpoint } = await loggedFront();
    const { raw } = await converseHttp(endpoint, "what?\r\n\r\n");
    const [record] = await log.records(1);
    expect(record).toMatchObject({ status: 400, bytes: raw.length, remoteAddress: "127.0.0.1" });
    expect(record).not.toHaveProperty("method");
  });

  test("a client that leaves before there is a response: 499", async () => {
    const log = new AccessLines();
    const worker = await startScriptedWorker(() => undefined);
    const { endpoint } = await startFront([worker.endpoint], { accessLog: log.stream });
    const client = connectHttp(endpoint);
    client.write(GET);
    await until(() => worker.requests.length === 1, "the worker has the request");
    client.destroy();
    expect((await log.records(1))[0]).toMatchObject({ status: 499, bytes: 0, complete: false });
  });

  describe.each([true, false])(
    "a body that ends too early is one line, when bodies are collected: %s",
    (requestBuffering) => {
      const post = head("POST /x", "Content-Length: 10\r\n");
      const chunked = head("POST /x", "Transfer-Encoding: chunked\r\n");

      test.each([
        ["with the connection", `${post}half`],
        ["with the connection, inside a chunk", `${chunked}5\r\nha`],
        [
          "with the connection, before it began",
          head("POST /x", "Expect: 100-continue\r\nContent-Length: 10\r\n"),
        ],
        ["in what is no chunk", `${chunked}4\r\nhalf\r\nzz\r\n`],
      ])("%s", async (_how, bytes) => {
        const log = new AccessLines();
        const worker = await startScriptedWorker(() => undefined);
        const started = await startFront([worker.endpoint], { accessLog: log.stream, requestBuffering });
        const client = startTalker(started.endpoint, bytes);
        client.socket.end();
        await client.untilHeard("HTTP/1.1 400 ");
        await client.untilEnd();
        await until(() => started.front.stats().openRequests === 0, "the request is over");
        await until(() => worker.requests.every(({ socket }) => socket.readableEnded), "no worker has it");
        await started.front.close(0);
        const [record, second] = await log.records(1);
        expect(second).toBeUndefined();
        expect(record).toMatchObject({
          method: "POST",
          target: "/x",
          status: 400,
          code: "UWB_ERR_REQUEST_INVALID",
        });
        expect(client.heard()).toContain(`X-Request-Id: ${String(record?.["requestId"])}\r\n`);
        expect(started.log.lines.map(({ fields }) => [fields["method"], fields["requestId"]])).toEqual([
          ["POST", record?.["requestId"]],
        ]);
      });

      test("by a reset", async () => {
        const log = new AccessLines();
        const worker = await startScriptedWorker(() => undefined);
        const { endpoint, front } = await startFront([worker.endpoint], {
          accessLog: log.stream,
          requestBuffering,
        });
        const { socket } = startTalker(endpoint, `${post}half`);
        await until(() => front.stats().openRequests === 1, "the request came");
        socket.resetAndDestroy();
        await log.records(1);
        await front.close(0);
        expect(await log.records(1)).toMatchObject([{ method: "POST", status: 499, complete: false }]);
      });
    },
  );

  test("the end of a client inside its body, and inside an answer that has begun", async () => {
    const log = new AccessLines();
    const worker = await startScriptedWorker(({ socket }) =>
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"),
    );
    const options = { accessLog: log.stream, requestBuffering: false };
    const { endpoint, front } = await startFront([worker.endpoint], options);
    const client = startTalker(endpoint, head("PUT /x", "Content-Length: 10\r\n"));
    await client.untilHeard("half");
    client.socket.end();
    await client.untilEnd();
    await front.close(0);
    expect(await log.records(1)).toMatchObject([{ method: "PUT", status: 200, complete: false }]);
  });

  test("a response that is broken off", async () => {
    const log = new AccessLines();
    const to = await startPeer((socket) => {
      socket.once("data", () =>
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n${"b".repeat(40_000)}`),
      );
      setTimeout(() => socket.resetAndDestroy(), 200);
    });
    const { endpoint } = await startFront([to], { accessLog: log.stream });
    await converseHttp(endpoint, GET, { quietMs: 1000 });
    expect((await log.records(1))[0]).toMatchObject({
      status: 200,
      complete: false,
      code: "UWB_ERR_UPSTREAM_RESET",
    });
  });
});

test("a file of our own is logged with its bytes and without a server", async () => {
  const directory = await makeTempDir();
  onTestFinished(() => removeTempDir(directory));
  await mkdir(join(directory, "s"));
  await writeFile(join(directory, "s", "a.txt"), "0123456789");
  const { log, endpoint } = await loggedFront(OK, { staticMaps: { "/s": join(directory, "s") } });
  await converseHttp(endpoint, head("GET /s/a.txt") + head("GET /s/none"), {
    methods: ["GET", "GET"],
    enough: 2,
  });
  const records = await log.records(2);
  expect(records[0]).toMatchObject({ status: 200, bodyBytes: 10 });
  expect(records[1]).toMatchObject({ status: 404 });
  expect(records[0]).not.toHaveProperty("upstream");
});

test("a switch of protocols is a line with its status", async () => {
  const log = new AccessLines();
  const answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat\r\nConnection: Upgrade\r\n\r\n";
  const worker = await startScriptedWorker(({ socket }) => void socket.write(answer));
  const { endpoint } = await startFront([worker.endpoint], { accessLog: log.stream, upgrade: ["chat"] });
  const { raw } = await converseHttp(endpoint, head("GET /x", "Connection: Upgrade\r\nUpgrade: chat\r\n"));
  expect(raw).toContain("101 Switching");
  const [record] = await log.records(1);
  expect(record).toMatchObject({ status: 101, upstream: expect.any(String) as string });
  expect(record).not.toHaveProperty("complete");
});

test("what waits is written when the front closes", async () => {
  const { log, endpoint, front } = await loggedFront(OK, { logFormat: "$request_method $status" });
  await converseHttp(endpoint, GET, { enough: 1 });
  await front.close(0);
  expect(await log.lines(1)).toEqual(["GET 200"]);
});

test("a file that can not be opened is an error that names it", async () => {
  await expect(
    startFront([await refusingAddress()], { accessLog: "/nowhere/access.log" }),
  ).rejects.toMatchObject({
    code: "UWB_ERR_CONFIG",
    option: "accessLog",
    message: expect.stringContaining("/nowhere/access.log") as string,
  });
});
