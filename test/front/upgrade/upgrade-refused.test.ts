import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFront } from "../../../src/front/front.ts";
import type { FrontOptions } from "../../../src/front/options.ts";
import { type Endpoint, formatEndpoint } from "../../../src/net/endpoint.ts";
import { type ScriptedRequest, startFront, startScriptedWorker, varsOf } from "../../support/fronts.ts";
import { converseHttp, header } from "../../support/raw-http.ts";
import { refusingAddress } from "../../support/rude-peers.ts";
import { startTalker, upgradeRequest } from "../../support/tunnels.ts";
import { until } from "../../support/wait.ts";

const SECOND = "GET /second HTTP/1.1\r\nHost: a.test\r\n\r\n";

/** Answers with the path, so that answers can be told apart. */
function answerPath(request: ScriptedRequest): void {
  const text = varsOf(request)["PATH_INFO"] ?? "";
  request.socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
}

/** Answers with the body, once it is there. */
function answerBody(request: ScriptedRequest): void {
  const length = Number(varsOf(request)["CONTENT_LENGTH"]);
  const answer = (): void => {
    if (request.body().length === length)
      request.socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\n${request.body()}`);
  };
  request.socket.on("data", answer);
  answer();
}

const ordinary: readonly {
  readonly name: string;
  readonly options: Omit<FrontOptions, "to">;
  readonly protocol: string;
}[] = [
  { name: "a protocol that is not allowed", options: {}, protocol: "foo" },
  { name: "HTTP/2, though everything is allowed", options: { upgrade: true }, protocol: "h2c" },
  { name: "a WebSocket while upgrades are off", options: { upgrade: false }, protocol: "websocket" },
];

describe.each(ordinary)("who asks for $name", ({ options, protocol }) => {
  test("gets an ordinary answer, and so does the request behind it", async () => {
    const worker = await startScriptedWorker(answerPath);
    const { endpoint } = await startFront([worker.endpoint], options);
    const { answers, end } = await converseHttp(endpoint, `${upgradeRequest(protocol)}${SECOND}`, {
      enough: 2,
    });
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [200, "/up"],
      [200, "/second"],
    ]);
    expect(end).toBe("open");
    expect(varsOf(worker.requests[0])).not.toHaveProperty("HTTP_UPGRADE");
    expect(varsOf(worker.requests[0])["HTTP_CONNECTION"]).toBe("close");
  });

  test("has the body read", async () => {
    const worker = await startScriptedWorker(answerBody);
    const { endpoint } = await startFront([worker.endpoint], options);
    const head = upgradeRequest(protocol, "Content-Length: 5\r\n").replace("GET", "POST");
    const { answers } = await converseHttp(endpoint, `${head}hello`, { enough: 1 });
    expect(answers[0]).toMatchObject({ status: 200, body: "hello" });
  });
});

test("a chunked POST that asks for a WebSocket is an ordinary request", async () => {
  const worker = await startScriptedWorker(answerBody);
  const { endpoint } = await startFront([worker.endpoint]);
  const head = upgradeRequest("websocket", "Transfer-Encoding: chunked\r\n").replace("GET", "POST");
  const { answers } = await converseHttp(endpoint, `${head}3\r\nabc\r\n0\r\n\r\n`, { enough: 1 });
  expect(answers[0]).toMatchObject({ status: 200, body: "abc" });
});

test("a client may ask again and again: nothing piles up on its connection", async () => {
  const worker = await startScriptedWorker(answerPath);
  const { endpoint } = await startFront([worker.endpoint]);
  const warnings: Error[] = [];
  const onWarning = (warning: Error): number => warnings.push(warning);
  process.on("warning", onWarning);
  onTestFinished(() => {
    process.off("warning", onWarning);
  });
  const { answers } = await converseHttp(endpoint, upgradeRequest("foo").repeat(40), {
    enough: 40,
    quietMs: 3000,
  });
  expect(answers).toHaveLength(40);
  expect(warnings).toEqual([]);
});

test("an upgrade behind a request that is still being answered waits for its turn", async () => {
  const worker = await startScriptedWorker((request) => {
    if (worker.requests.length > 1) request.socket.end("HTTP/1.1 101 X\r\nUpgrade: websocket\r\n\r\nHi");
  });
  const { endpoint } = await startFront([worker.endpoint]);
  const client = startTalker(endpoint, `${SECOND}${upgradeRequest("websocket")}`);
  await until(() => worker.requests.length === 1, "the first request arrived");
  const [first] = worker.requests as [ScriptedRequest];
  answerPath(first);
  expect(await client.untilHeard("\r\n\r\nHi")).toMatch(
    /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n\/secondHTTP\/1\.1 101 X\r\n/s,
  );
});

test("a client that leaves while an upgrade waits for its turn does no harm", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const { front, endpoint } = await startFront([worker.endpoint]);
  const client = startTalker(endpoint, `${SECOND}${upgradeRequest("websocket")}`);
  await until(() => worker.requests.length === 1, "the first request arrived");
  client.socket.resetAndDestroy();
  await until(() => front.stats().openRequests === 0, "the front gave up", 10_000);
  expect(worker.requests).toHaveLength(1);
});

test("a worker that does not switch answers as usual, and the connection ends behind it", async () => {
  const worker = await startScriptedWorker(({ socket }) =>
    socket.end("HTTP/1.1 403 Forbidden\r\nX-Why: origin\r\nContent-Length: 2\r\n\r\nno"),
  );
  const { front, endpoint } = await startFront([worker.endpoint]);
  const { answers, end } = await converseHttp(endpoint, `${upgradeRequest("websocket")}early bytes`);
  expect(answers[0]).toMatchObject({ status: 403, body: "no", isComplete: true });
  expect(header(answers[0], "connection")).toBe("close");
  expect(header(answers[0], "x-why")).toBe("origin");
  expect(end).toBe("fin");
  expect(front.stats()).toMatchObject({ tunnels: 0, openRequests: 0 });
});

test("such an answer may be large, and its reader slow", async () => {
  const size = 8 * 1024 * 1024;
  const worker = await startScriptedWorker(({ socket }) => {
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    socket.end(Buffer.alloc(size, "x"));
  });
  const { endpoint } = await startFront([worker.endpoint]);
  const client = startTalker(endpoint, upgradeRequest("websocket"));
  client.socket.pause();
  await until(() => worker.requests.length === 1, "the request arrived");
  client.socket.resume();
  await until(() => client.heard().endsWith("0\r\n\r\n"), "the last chunk came", 20_000);
  expect(client.heard().length).toBeGreaterThan(size);
});

const bad: readonly { readonly name: string; readonly fields: string; readonly extra?: string }[] = [
  { name: "another protocol", fields: "Upgrade: foo\r\n" },
  { name: "no protocol", fields: "" },
  {
    name: "a wrong Sec-WebSocket-Accept",
    fields: "Upgrade: websocket\r\nSec-WebSocket-Accept: AAAA\r\n",
    extra: "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
  },
];

test.each(bad)("a 101 to $name is answered 502, and opens no tunnel", async ({ fields, extra }) => {
  const worker = await startScriptedWorker(({ socket }) =>
    socket.write(`HTTP/1.1 101 X\r\n${fields}\r\nsecret`),
  );
  const { front, endpoint, log } = await startFront([worker.endpoint]);
  const { answers } = await converseHttp(endpoint, upgradeRequest("websocket", extra));
  expect(answers[0]?.status).toBe(502);
  expect(answers[0]?.body).toContain("UWB_ERR_RESPONSE_UPGRADE");
  expect(log.codes).toEqual(["UWB_ERR_RESPONSE_UPGRADE"]);
  expect(front.stats().tunnels).toBe(0);
});

test("a request that is refused before any worker is asked is answered", async () => {
  const worker = await startScriptedWorker(answerPath);
  const { endpoint } = await startFront([worker.endpoint]);
  const { answers, end } = await converseHttp(endpoint, upgradeRequest("websocket", "Host: b.test\r\n"));
  expect(answers[0]?.status).toBe(400);
  expect(end).toBe("fin");
});

test("a worker that can not be reached is answered 503", async () => {
  const { endpoint } = await startFront([await refusingAddress()]);
  const { answers, end } = await converseHttp(endpoint, upgradeRequest("websocket"));
  expect(answers[0]?.status).toBe(503);
  expect(end).toBe("fin");
});

describe("mounted in another server", () => {
  test("upgrades are passed on, and everything else stays with that server", async () => {
    const worker = await startScriptedWorker(({ socket }) =>
      socket.write("HTTP/1.1 101 X\r\nUpgrade: websocket\r\n\r\nHi"),
    );
    const front = createFront({ to: [formatEndpoint(worker.endpoint)] });
    const server = createServer((_request, response) => response.end("theirs"));
    server.on("upgrade", front.upgrade);
    const endpoint = await listenSomewhere(server);

    await startTalker(endpoint, upgradeRequest("websocket")).untilHeard("\r\n\r\nHi");
    expect(front.stats().tunnels).toBe(1);
    const { answers } = await converseHttp(endpoint, upgradeRequest("foo"), { enough: 1 });
    expect(answers[0]).toMatchObject({ status: 200, body: "theirs" });
    await front.close(0);
    expect(front.stats().tunnels).toBe(0);
  });
});

async function listenSomewhere(server: Server): Promise<Endpoint> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { type: "tcp", host: "127.0.0.1", port: (server.address() as AddressInfo).port };
}

test("a connection that takes the last place keeps it, whatever it asks for", async () => {
  const worker = await startScriptedWorker(answerPath);
  const { endpoint } = await startFront([worker.endpoint], { maxConnections: 1 });
  const { answers } = await converseHttp(endpoint, `${upgradeRequest("h2c")}${SECOND}`, { enough: 2 });
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});
