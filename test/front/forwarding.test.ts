import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { createFront } from "../../src/front/front.ts";
import { type Endpoint, formatEndpoint } from "../../src/net/endpoint.ts";
import { type ScriptedRequest, startFront, startScriptedWorker, varsOf } from "../support/fronts.ts";
import { connectHttp, converseHttp, header } from "../support/raw-http.ts";
import { signal, sleep, until } from "../support/wait.ts";
import { startWorker, textApp, transports } from "../support/workers.ts";

const GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";
const ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const nobody: Endpoint = { type: "tcp", host: "127.0.0.1", port: 1 };

const answerOk = ({ socket }: ScriptedRequest): void => {
  socket.end(ANSWER);
};

test.each(transports)(
  "a request goes over %s to our worker, and its answer comes back",
  async (transport) => {
    const { endpoint: to } = await startWorker(textApp("hello"), {}, { transport });
    const { endpoint } = await startFront([to]);
    const { answers, end } = await converseHttp(endpoint, GET);
    expect(answers[0]).toMatchObject({ status: 200, body: "hello", isComplete: true });
    expect(end).toBe("open");
  },
);

test("several requests on one client connection are each answered", async () => {
  const { endpoint: to } = await startWorker(textApp("hello"));
  const { endpoint } = await startFront([to]);
  const { answers } = await converseHttp(endpoint, GET.repeat(3));
  expect(answers.map(({ status, body }) => [status, body])).toEqual(
    Array.from({ length: 3 }, () => [200, "hello"]),
  );
});

test("the packet carries what the client sent and what the front knows", async () => {
  const worker = await startScriptedWorker(answerOk);
  const { endpoint } = await startFront([worker.endpoint], {
    modifier1: 5,
    modifier2: 3,
    params: { APP: "1" },
  });
  await converseHttp(
    endpoint,
    "GET /a%20b?c=d HTTP/1.1\r\nHost: a.test:81\r\nX-A: \xe9\r\nX_A: evil\r\n\r\n",
  );
  const [request] = worker.requests;
  expect(request?.packet).toMatchObject({ modifier1: 5, modifier2: 3 });
  expect(varsOf(request)).toEqual({
    REQUEST_METHOD: "GET",
    REQUEST_URI: "/a%20b?c=d",
    PATH_INFO: "/a b",
    QUERY_STRING: "c=d",
    SERVER_PROTOCOL: "HTTP/1.1",
    UWSGI_BRIDGE_EARLY_HINTS: "1",
    SERVER_NAME: "a.test",
    SERVER_PORT: endpoint.type === "tcp" ? String(endpoint.port) : "",
    REMOTE_ADDR: "127.0.0.1",
    REMOTE_PORT: expect.stringMatching(/^\d+$/) as string,
    REQUEST_SCHEME: "http",
    HTTP_HOST: "a.test:81",
    HTTP_X_A: "\u00e9",
    HTTP_X_FORWARDED_FOR: "127.0.0.1",
    HTTP_X_FORWARDED_PROTO: "http",
    HTTP_CONNECTION: "close",
    APP: "1",
  });
});

test("the front never shuts its side of a worker connection before the answer is complete", async () => {
  let ended = false;
  const worker = await startScriptedWorker(({ socket }) => {
    socket.on("end", () => {
      ended = true;
    });
    setTimeout(() => {
      expect(ended).toBe(false);
      socket.end(ANSWER);
    }, 50);
  });
  const { endpoint } = await startFront([worker.endpoint]);
  const { answers } = await converseHttp(endpoint, GET);
  expect(answers[0]?.status).toBe(200);
});

test("an answer of a worker that keeps its connection open is complete at its last byte", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.write(ANSWER));
  const { endpoint } = await startFront([worker.endpoint]);
  const { answers } = await converseHttp(endpoint, GET);
  expect(answers[0]).toMatchObject({ status: 200, body: "ok" });
});

describe("a request that is refused", () => {
  test.each([
    ["a version", "GET /x HTTP/2.0\r\nHost: a.test\r\n\r\n", 505],
    ["a method", "TRACE /x HTTP/1.1\r\nHost: a.test\r\n\r\n", 405],
    ["a host", "GET /x HTTP/1.1\r\nHost: a b\r\n\r\n", 400],
    [
      "two lengths in disguise",
      "POST /x HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
      501,
    ],
  ])("for %s reaches no worker, and gets a reason and a request id", async (_what, bytes, status) => {
    const app = textApp("evil");
    const { endpoint: to } = await startWorker(app);
    const { endpoint, log } = await startFront([to]);
    const { answers } = await converseHttp(endpoint, bytes);
    expect(answers[0]?.status).toBe(status);
    expect(app.calls).toBe(0);
    expect(log.lines[0]?.fields).toMatchObject({
      code: "UWB_ERR_REQUEST_INVALID",
      status,
      requestId: header(answers[0], "x-request-id"),
    });
  });

  test("and smuggles another one behind it is answered once", async () => {
    const app = textApp("evil");
    const { endpoint: to } = await startWorker(app);
    const { endpoint } = await startFront([to]);
    const smuggled = "GET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n";
    const bytes = `POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`;
    const { raw, end } = await converseHttp(endpoint, bytes);
    expect(raw.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(raw).toContain("HTTP/1.1 400");
    expect(end).not.toBe("open");
    expect(app.calls).toBe(0);
  });
});

describe("vars that do not fit", () => {
  const withCookie = (size: number): string =>
    `GET /x HTTP/1.1\r\nHost: a.test\r\nCookie: ${"c".repeat(size)}\r\n\r\n`;

  test("are answered 431 before any server is connected, and the log names the largest, without a value", async () => {
    const worker = await startScriptedWorker(answerOk);
    const { endpoint, log } = await startFront([worker.endpoint], { maxVarsBytes: 4096 });
    const { answers } = await converseHttp(endpoint, withCookie(4000));
    expect(answers[0]?.status).toBe(431);
    expect(worker.requests).toEqual([]);
    expect(log.lines[0]?.fields).toMatchObject({
      code: "UWB_ERR_VARS_TOO_LARGE",
      biggestVars: expect.stringMatching(/^HTTP_COOKIE 4000, /) as string,
    });
    expect(JSON.stringify(log.lines)).not.toContain("ccc");
  });

  test("in number are answered 431", async () => {
    const worker = await startScriptedWorker(answerOk);
    const { endpoint, log } = await startFront([worker.endpoint], { maxVars: 30 });
    const fields = Array.from({ length: 40 }, (_, index) => `X-${index}: 1\r\n`).join("");
    const { answers } = await converseHttp(endpoint, `GET /x HTTP/1.1\r\nHost: a.test\r\n${fields}\r\n`);
    expect(answers[0]?.status).toBe(431);
    expect(log.codes).toEqual(["UWB_ERR_VARS_TOO_MANY"]);
    expect(worker.requests).toEqual([]);
  });

  test("of a server that closes on them are a 502 with a hint", async () => {
    const worker = await startScriptedWorker(({ socket }) => socket.end());
    const { endpoint, log } = await startFront([worker.endpoint]);
    const { answers } = await converseHttp(endpoint, withCookie(5000));
    expect(answers[0]?.status).toBe(502);
    expect(log.lines[0]?.fields).toMatchObject({
      code: "UWB_ERR_UPSTREAM_CLOSED",
      hint: expect.stringContaining("buffer-size") as string,
    });
  });
});

describe("servers that can not be reached", () => {
  test("give a 503 that says when to come again", async () => {
    const { endpoint, log } = await startFront([nobody]);
    const { answers } = await converseHttp(endpoint, GET);
    expect(answers[0]?.status).toBe(503);
    expect(header(answers[0], "retry-after")).toBe("1");
    expect(log.lines[0]?.fields).toMatchObject({ code: "UWB_ERR_UPSTREAM_CONNECT", target: "127.0.0.1:1" });
  });

  test("are passed over: the client sees nothing of it", async () => {
    const { endpoint: to } = await startWorker(textApp("alive"));
    const { endpoint, log } = await startFront([nobody, to, { type: "unix", path: "/nowhere/app.sock" }]);
    const { answers } = await converseHttp(endpoint, GET.repeat(6));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(new Set(log.codes)).toEqual(new Set(["UWB_ERR_UPSTREAM_CONNECT"]));
  });

  test("are passed over with the body of a POST intact", async () => {
    const worker = await startScriptedWorker((request) => {
      const check = (): void => {
        if (request.body().length === 5) request.socket.end(ANSWER);
      };
      request.socket.on("data", check);
      check();
    });
    const { endpoint } = await startFront([nobody, worker.endpoint]);
    const post = "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello";
    const { answers } = await converseHttp(endpoint, post + post, { methods: ["POST", "POST"] });
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(worker.requests.map((request) => request.body().toString())).toEqual(["hello", "hello"]);
  });
});

test("several servers take turns", async () => {
  const workers = await Promise.all(["a", "b", "c"].map((name) => startWorker(textApp(name))));
  const { endpoint } = await startFront(workers.map((worker) => worker.endpoint));
  const { answers } = await converseHttp(endpoint, GET.repeat(6));
  expect(answers.map(({ body }) => body)).toEqual(["a", "b", "c", "a", "b", "c"]);
});

describe("time limits", () => {
  test("a server that does not answer within readTimeoutMs is a 504", async () => {
    const worker = await startScriptedWorker(() => undefined);
    const { endpoint, log } = await startFront([worker.endpoint], { readTimeoutMs: 50 });
    const { answers } = await converseHttp(endpoint, GET);
    expect(answers[0]?.status).toBe(504);
    expect(log.codes).toEqual(["UWB_ERR_UPSTREAM_READ_TIMEOUT"]);
  });

  test("a server that stalls inside its answer breaks the client's answer", async () => {
    const worker = await startScriptedWorker(({ socket }) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab");
    });
    const { endpoint, log } = await startFront([worker.endpoint], { readTimeoutMs: 50 });
    const { answers, end } = await converseHttp(endpoint, GET);
    expect(answers[0]).toMatchObject({ status: 200, body: "ab", isComplete: false });
    expect(end).not.toBe("open");
    expect(log.codes).toEqual(["UWB_ERR_UPSTREAM_READ_TIMEOUT"]);
  });

  test("a server that answers slowly but steadily is waited for", async () => {
    const worker = await startScriptedWorker(({ socket }) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n");
      let left = 6;
      const timer = setInterval(() => {
        socket.write("x");
        left -= 1;
        if (left === 0) clearInterval(timer);
      }, 40);
    });
    const { endpoint } = await startFront([worker.endpoint], { readTimeoutMs: 100 });
    const { answers } = await converseHttp(endpoint, GET);
    expect(answers[0]).toMatchObject({ body: "xxxxxx", isComplete: true });
  });

  test("a server that takes nothing of a body within sendTimeoutMs is a 504", async () => {
    const worker = await startScriptedWorker(({ socket }) => socket.pause());
    const { endpoint, log } = await startFront([worker.endpoint], { sendTimeoutMs: 80 });
    const size = 16 * 1024 * 1024;
    const head = `POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${size}\r\n\r\n`;
    const { answers } = await converseHttp(endpoint, Buffer.concat([Buffer.from(head), Buffer.alloc(size)]), {
      quietMs: 1500,
    });
    expect(answers[0]?.status).toBe(504);
    expect(log.codes).toEqual(["UWB_ERR_UPSTREAM_SEND_TIMEOUT"]);
  });
});

describe("a client that leaves", () => {
  test("while its answer is awaited closes the worker's connection within 50 ms", async () => {
    let closedAt = 0;
    const worker = await startScriptedWorker(({ socket }) => {
      socket.on("end", () => {
        closedAt = performance.now();
      });
    });
    const { endpoint, log } = await startFront([worker.endpoint]);
    const client = connectHttp(endpoint);
    client.write(GET);
    await until(() => worker.requests.length === 1, "the worker has the request");
    const leftAt = performance.now();
    client.destroy();
    await until(() => closedAt > 0, "the worker sees the end");
    expect(closedAt - leftAt).toBeLessThan(50);
    expect(log.lines).toEqual([]);
  });

  test("inside its body never gets a worker involved", async () => {
    const worker = await startScriptedWorker(answerOk);
    const { front, endpoint } = await startFront([worker.endpoint]);
    const client = connectHttp(endpoint);
    client.write("POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 10\r\n\r\nabc");
    await until(() => front.stats().openRequests === 1, "the request is open");
    client.destroy();
    await until(() => front.stats().openRequests === 0, "the request is over");
    expect(worker.requests).toEqual([]);
  });

  test("that reads slowly slows the worker down", async () => {
    let sent = 0;
    const { endpoint: to } = await startWorker((_environ, startResponse) => {
      startResponse("200 OK", []);
      return (function* () {
        for (let count = 0; count < 1600; count += 1) {
          sent += 64 * 1024;
          yield Buffer.alloc(64 * 1024);
        }
      })();
    });
    const { endpoint } = await startFront([to]);
    const client = connectHttp(endpoint);
    client.pause();
    client.write(GET);
    await until(() => sent > 0, "the answer begins");
    await sleep(400);
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    client.destroy();
  });
});

test("front.handler serves inside an existing HTTP server, and the front listens nowhere", async () => {
  const { endpoint: to } = await startWorker(textApp("mounted"));
  const front = createFront({ to: [formatEndpoint(to)] });
  const server = createServer((request, response) => {
    if (request.url === "/own") response.end("own");
    else front.handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const endpoint: Endpoint = { type: "tcp", host: "127.0.0.1", port: (server.address() as AddressInfo).port };
  const { answers } = await converseHttp(endpoint, GET.replace("/x", "/own") + GET);
  expect(answers.map(({ body }) => body)).toEqual(["own", "mounted"]);
});

describe("close", () => {
  test("finishes what was begun, says so to the client, and resolves", async () => {
    const gate = signal();
    const { endpoint: to } = await startWorker(async (_environ, startResponse) => {
      await gate.promise;
      startResponse("200 OK", []);
      return [Buffer.from("finished")];
    });
    const { front, endpoint } = await startFront([to]);
    const heard = converseHttp(endpoint, GET, { quietMs: 2000 });
    await until(() => front.stats().openRequests === 1, "the request is open");
    const closed = front.close();
    gate.resolve();
    const { answers, end } = await heard;
    expect(answers[0]).toMatchObject({ body: "finished", isComplete: true });
    expect(header(answers[0], "connection")).toBe("close");
    expect(end).toBe("fin");
    await closed;
  });

  test("still serves a request that an idle client sends in the moment of closing", async () => {
    const { endpoint: to } = await startWorker(textApp("served"));
    const { front, endpoint } = await startFront([to]);
    const client = connectHttp(endpoint);
    client.write(GET);
    await new Promise((resolve) => client.once("data", resolve));
    const closed = front.close();
    await sleep(100);
    let text = "";
    client.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    client.write(GET);
    await new Promise((resolve) => client.once("end", resolve));
    await closed;
    expect(text).toContain("served");
    expect(text).toContain("Connection: close");
    client.destroy();
  });

  test("cuts what is still open at its deadline", async () => {
    const worker = await startScriptedWorker(() => undefined);
    const { front, endpoint } = await startFront([worker.endpoint]);
    const heard = converseHttp(endpoint, GET, { quietMs: 3000 });
    await until(() => front.stats().openRequests === 1, "the request is open");
    await front.close(50);
    expect((await heard).answers).toEqual([]);
  });
});

test.each([
  [{ to: [] }, "to"],
  [{ to: ["nonsense"] }, "to"],
  [{ to: ["fd://3"] }, "to"],
  [{ to: ["a:1"], params: { UWSGI_FILE: "x" } }, "params"],
  [{ to: ["a:1"], maxVarsBytes: 70_000 }, "maxVarsBytes"],
  [{ to: ["a:1"], modifier1: 256 }, "modifier1"],
])("options %o are refused by the name of the option", (options, option) => {
  expect(() => createFront(options)).toThrow(expect.objectContaining({ name: "ConfigError", option }));
});
