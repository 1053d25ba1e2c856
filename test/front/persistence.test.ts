import { expect, onTestFinished, test } from "vitest";
import { fromNode } from "../../src/adapters/index.ts";
import { PERSISTENCE } from "../../src/codec/persistence.ts";
import type { Application } from "../../src/gateway/types.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { createWorker } from "../../src/worker/worker.ts";
import { type ScriptedRequest, startFront, startScriptedWorker, varsOf } from "../support/fronts.ts";
import { sendHttp } from "../support/http-client.ts";
import { until } from "../support/wait.ts";
import { type StartedWorker, startWorker, transports } from "../support/workers.ts";

function portOf(endpoint: Endpoint): number {
  if (endpoint.type !== "tcp") throw new Error("not a port");
  return endpoint.port;
}

const echo: Application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  startResponse(200, []);
  return [Buffer.from(`${environ.PATH_INFO} ${body}`)];
};

/** A worker that keeps its connection, and answers the requests on it as the test says, one after the other. */
function startKeptWorker(answers: readonly ((request: ScriptedRequest) => void)[]) {
  let number = 0;
  return startScriptedWorker((request) => {
    const serve = (): void => {
      const answer = answers[number];
      number += 1;
      answer?.(request);
    };
    serve();
    request.socket.on("data", serve);
  });
}

function keep({ socket }: ScriptedRequest): void {
  socket.write(`HTTP/1.1 200 OK\r\n${PERSISTENCE.header}: 60\r\nContent-Length: 4\r\n\r\nkept`);
}

test.each(transports)(
  "requests share a connection over %s, and nothing of it reaches the client",
  async (transport) => {
    const { endpoint: to, worker } = await startWorker(echo, {}, { transport });
    const { endpoint, front } = await startFront([to]);
    for (const path of ["/1", "/2", "/3"]) {
      const answer = await sendHttp(portOf(endpoint), { path, body: Buffer.from("body") });
      expect(answer.text).toBe(`${path} body`);
      expect(answer.values(PERSISTENCE.header)).toEqual([]);
    }
    expect(worker.stats().openConnections).toBe(1);
    expect(front.stats().upstreams).toMatchObject([{ busy: 0, idle: 1, waiting: 0 }]);
  },
);

test("a server that does not accept is not asked again, and gets a connection per request", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end("HTTP/1.1 200 OK\r\n\r\nok"));
  const { endpoint, front } = await startFront([worker.endpoint]);
  for (let count = 0; count < 3; count += 1) await sendHttp(portOf(endpoint));
  const [first, ...others] = worker.requests;
  expect(first?.packet.modifier2).toBe(200);
  expect(varsOf(first)).toMatchObject({ UWSGI_BRIDGE_PERSIST: "1", HTTP_CONNECTION: "close" });
  for (const request of others) {
    expect(request.packet.modifier2).toBe(0);
    expect(varsOf(request)).not.toHaveProperty("UWSGI_BRIDGE_PERSIST");
  }
  expect(front.stats().upstreams).toMatchObject([{ busy: 0, idle: 0 }]);
});

test("`persist: false` makes no offer", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end("HTTP/1.1 200 OK\r\n\r\nok"));
  const { endpoint } = await startFront([worker.endpoint], { persist: false });
  await sendHttp(portOf(endpoint));
  expect(worker.requests[0]?.packet.modifier2).toBe(0);
  expect(varsOf(worker.requests[0])).not.toHaveProperty("UWSGI_BRIDGE_PERSIST");
});

test("an offer that would not fit is not made, and nobody is refused because of it", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.end("HTTP/1.1 200 OK\r\n\r\nok"));
  const probe = await startFront([worker.endpoint], { persist: false, earlyHints: false });
  await sendHttp(portOf(probe.endpoint));
  const count = worker.requests[0]?.packet.vars.length ?? 0;
  const { endpoint } = await startFront([worker.endpoint], { maxVars: count, earlyHints: false });
  expect((await sendHttp(portOf(endpoint))).status).toBe(200);
  expect(worker.requests[1]?.packet.modifier2).toBe(0);
});

test("a POST that meets the close mark is sent again, with its body", async () => {
  const marked = await startKeptWorker([keep, ({ socket }) => socket.end(PERSISTENCE.closeMark, "latin1")]);
  const { endpoint: to } = await startWorker(echo);
  const { endpoint, log } = await startFront([marked.endpoint, to]);
  expect((await sendHttp(portOf(endpoint))).text).toBe("kept");
  await sendHttp(portOf(endpoint));
  const answer = await sendHttp(portOf(endpoint), { path: "/again", body: Buffer.from("body") });
  expect([answer.status, answer.text]).toEqual([200, "/again body"]);
  expect(log.codes).toEqual(["UWB_ERR_UPSTREAM_REFUSED"]);
});

test("a body that was passed on as it came can not be sent again: 503", async () => {
  const marked = await startKeptWorker([({ socket }) => socket.end(PERSISTENCE.closeMark, "latin1")]);
  const { endpoint } = await startFront([marked.endpoint], { requestBuffering: false });
  const answer = await sendHttp(portOf(endpoint), { body: Buffer.from("body") });
  expect([answer.status, answer.text]).toEqual([503, expect.stringContaining("UWB_ERR_UPSTREAM_REFUSED")]);
});

test.each([
  ["GET", undefined, 200, 3],
  ["PUT", "body", 200, 3],
  ["POST", "body", 502, 2],
])("a %s on a kept connection that breaks without an answer", async (method, body, status, requests) => {
  const worker = await startKeptWorker([keep, ({ socket }) => socket.destroy(), keep]);
  const { endpoint } = await startFront([worker.endpoint]);
  await sendHttp(portOf(endpoint));
  const sent = body === undefined ? {} : { body: Buffer.from(body) };
  const answer = await sendHttp(portOf(endpoint), { method, ...sent });
  expect(answer.status).toBe(status);
  expect(worker.requests).toHaveLength(requests - 1);
});

test("a GET that kills every worker is tried twice, not for ever", async () => {
  let count = 0;
  const worker = await startScriptedWorker((request) => {
    count += 1;
    if (count === 1) keep(request);
    else request.socket.destroy();
    request.socket.on("data", () => {
      count += 1;
      request.socket.destroy();
    });
  });
  const { endpoint } = await startFront([worker.endpoint]);
  await sendHttp(portOf(endpoint));
  expect((await sendHttp(portOf(endpoint))).status).toBe(502);
  expect(count).toBe(3);
});

test.each([
  ["a byte", (request: ScriptedRequest) => request.socket.write("x")],
  ["a whole response", (request: ScriptedRequest) => keep(request)],
  ["an end", (request: ScriptedRequest) => request.socket.end()],
  ["a reset", (request: ScriptedRequest) => request.socket.resetAndDestroy()],
])("%s on an idle connection spoils it, and the next request gets its own answer", async (_name, spoil) => {
  const worker = await startScriptedWorker(keep);
  const { endpoint, front } = await startFront([worker.endpoint]);
  await sendHttp(portOf(endpoint));
  const [first] = worker.requests;
  if (first) spoil(first);
  await until(() => front.stats().upstreams[0]?.idle === 0, "the connection is given up");
  expect((await sendHttp(portOf(endpoint))).text).toBe("kept");
  expect(worker.requests).toHaveLength(2);
});

test("a response with a surplus is delivered, and its connection is not used again", async () => {
  const worker = await startScriptedWorker(({ socket }) => {
    socket.write(
      `HTTP/1.1 200 OK\r\n${PERSISTENCE.header}: 60\r\nContent-Length: 4\r\n\r\nkeptHTTP/1.1 200 OK\r\n`,
    );
  });
  const { endpoint, front } = await startFront([worker.endpoint]);
  expect((await sendHttp(portOf(endpoint))).text).toBe("kept");
  expect(front.stats().upstreams).toMatchObject([{ busy: 0, idle: 0 }]);
});

test("workers that are replaced in turn under load lose no request, and run each once", async () => {
  const ledger = new Map<string, number>();
  const counting: Application = async (environ, startResponse) => {
    const token = String(await environ["wsgi.input"].read());
    ledger.set(token, (ledger.get(token) ?? 0) + 1);
    startResponse(200, []);
    return [Buffer.from(token)];
  };
  const started = [
    await startWorker(counting, {}, { transport: "unix" }),
    await startWorker(counting, {}, { transport: "unix" }),
  ];
  const { endpoint } = await startFront(started.map((each) => each.endpoint));
  const workers = started.map(({ worker }) => worker);
  const answers: (readonly [number, boolean])[] = [];
  let isOver = false;
  const client = async (name: number): Promise<void> => {
    for (let count = 0; !isOver; count += 1) {
      const token = `${name}-${count}`;
      const { status, text } = await sendHttp(portOf(endpoint), { method: "POST", body: Buffer.from(token) });
      answers.push([status, text === token]);
    }
  };
  const clients = [1, 2, 3, 4].map(client);
  for (let turn = 0; turn < 6; turn += 1) {
    const enough = answers.length + 20;
    await until(() => answers.length > enough, "some requests are answered");
    await workers[turn % 2]?.close(5000);
    const next = createWorker(counting);
    await next.listen((started[turn % 2] as StartedWorker).endpoint);
    onTestFinished(() => next.close(0));
    workers[turn % 2] = next;
  }
  isOver = true;
  await Promise.all(clients);
  expect(answers.filter(([status, isOwn]) => status !== 200 || !isOwn)).toEqual([]);
  expect([...ledger.values()].filter((times) => times !== 1)).toEqual([]);
  expect(ledger.size).toBe(answers.length);
});

test("a connection whose last client was slow is lent flowing", async () => {
  const { endpoint: to } = await startWorker((_environ, startResponse) => {
    startResponse(200, []);
    return (async function* () {
      for (let count = 0; count < 40; count += 1) yield Buffer.alloc(65_536);
    })();
  });
  const { endpoint } = await startFront([to], { maxConnectionsPerServer: 1, readTimeoutMs: 3000 });
  const statuses = await Promise.all(
    Array.from({ length: 12 }, async () => {
      const { status, isWhole } = await sendHttp(portOf(endpoint));
      return [status, isWhole];
    }),
  );
  expect(statuses).toEqual(statuses.map(() => [200, true]));
}, 30_000);

test("a POST whose body passes through takes no connection that may be about to end", async () => {
  const worker = await startScriptedWorker(keep);
  const { endpoint } = await startFront([worker.endpoint], { requestBuffering: false });
  await sendHttp(portOf(endpoint));
  await sendHttp(portOf(endpoint), { body: Buffer.from("body") });
  expect(worker.requests).toHaveLength(2);
});

test("a Node application that ends late, or writes past its length, meets no other request", async () => {
  const app = fromNode((request, response) => {
    response.writeHead(200, { "Content-Length": "5" });
    response.write("Hello");
    setTimeout(
      () =>
        response.end(request.url === "/evil" ? "HTTP/1.1 200 POISON\r\nContent-Length: 6\r\n\r\npoison" : ""),
      5,
    );
  });
  const { endpoint: to } = await startWorker(app);
  const { endpoint, log } = await startFront([to], { maxConnectionsPerServer: 2 });
  const clients = Array.from({ length: 8 }, async (_, client) => {
    const texts: string[] = [];
    for (let count = 0; count < 15; count += 1) {
      const { status, text } = await sendHttp(portOf(endpoint), {
        path: client === 0 ? "/evil" : "/good",
        method: "POST",
        body: Buffer.from("x"),
      });
      texts.push(`${status} ${text}`);
    }
    return texts;
  });
  const all = (await Promise.all(clients)).flat();
  expect(new Set(all)).toEqual(new Set(["200 Hello"]));
  expect(log.codes).toEqual([]);
}, 30_000);
