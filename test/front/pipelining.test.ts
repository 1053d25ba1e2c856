import { expect, test } from "vitest";
import { type ScriptedRequest, startFront, startScriptedWorker, varsOf } from "../support/fronts.ts";
import { connectHttp, converseHttp } from "../support/raw-http.ts";
import { startTalker, upgradeRequest } from "../support/tunnels.ts";
import { until } from "../support/wait.ts";

function get(path: string, method = "GET"): string {
  return `${method} ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`;
}

function answerPath(request: ScriptedRequest): void {
  request.socket.end(`HTTP/1.1 200 OK\r\n\r\n${varsOf(request)["PATH_INFO"]}`);
}

function pathsOf(requests: readonly ScriptedRequest[]): (string | undefined)[] {
  return requests.map((request) => varsOf(request)["PATH_INFO"]);
}

test("requests that are sent at once are served one after the other, in their order", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const { endpoint, front } = await startFront([worker.endpoint]);
  const conversation = converseHttp(endpoint, get("/1", "PUT") + get("/2", "DELETE") + get("/3"), {
    methods: ["PUT", "DELETE", "GET"],
    enough: 3,
    quietMs: 2000,
  });
  for (const count of [1, 2, 3]) {
    await until(() => worker.requests.length === count, `request ${count} arrives`);
    expect(front.stats().openRequests).toBe(1);
    answerPath(worker.requests[count - 1] as ScriptedRequest);
  }
  expect((await conversation).answers.map(({ body }) => body)).toEqual(["/1", "/2", "/3"]);
  expect(pathsOf(worker.requests)).toEqual(["/1", "/2", "/3"]);
});

test("a thousand requests at once are all answered", async () => {
  const worker = await startScriptedWorker(answerPath);
  const { endpoint } = await startFront([worker.endpoint], { maxRequestsPerConnection: 0 });
  const paths = Array.from({ length: 1000 }, (_, number) => `/${number}`);
  const { answers } = await converseHttp(endpoint, paths.map((path) => get(path)).join(""), {
    methods: paths.map(() => "GET"),
    enough: 1000,
    quietMs: 3000,
  });
  expect(answers.map(({ body }) => body)).toEqual(paths);
});

test.each([1, 8, 20])("a body behind %d requests is read to its end", async (count) => {
  const worker = await startScriptedWorker(answerPath);
  const { endpoint } = await startFront([worker.endpoint]);
  const post = "POST /post HTTP/1.1\r\nHost: a.test\r\nContent-Length: 8\r\n\r\n";
  const client = startTalker(endpoint, `${get("/x").repeat(count)}${post}half`);
  await until(() => client.heard().split("HTTP/1.1 200 ").length > count, "those in front are answered");
  client.socket.write("half");
  await client.untilHeard("/post");
  expect(worker.requests.at(-1)?.body().toString()).toBe("halfhalf");
});

test("behind an answer that ends the connection nothing is served", async () => {
  const worker = await startScriptedWorker(answerPath);
  const { endpoint } = await startFront([worker.endpoint]);
  const last = "GET /last HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n";
  const { answers, end } = await converseHttp(endpoint, last + get("/behind", "DELETE"));
  expect(answers.map(({ body }) => body)).toEqual(["/last"]);
  expect(end).toBe("fin");
  expect(pathsOf(worker.requests)).toEqual(["/last"]);
});

test.each([
  ["refused by us", "GET /%00 HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n", 400],
  ["refused by the parser", "GET / HTTP/1.1\r\nHost: a.test\r\nbad header\r\n\r\n", 400],
  ["an expectation that nobody knows", "GET / HTTP/1.1\r\nHost: a.test\r\nExpect: x\r\n\r\n", 417],
  ["CONNECT", "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n", 405],
  ["no Host", "GET / HTTP/1.1\r\n\r\n", 400],
  ["a head that is too large", `GET / HTTP/1.1\r\nHost: a.test\r\nX: ${"x".repeat(20_000)}\r\n\r\n`, 431],
])("%s: an answer with a code and a request id, and a line in the log", async (_name, bytes, status) => {
  const worker = await startScriptedWorker(answerPath);
  const { endpoint, log } = await startFront([worker.endpoint]);
  const { answers, end } = await converseHttp(endpoint, bytes + get("/behind", "DELETE"));
  expect(answers).toHaveLength(1);
  const [answer] = answers;
  expect(answer).toMatchObject({ status, isComplete: true });
  expect(answer?.body).toMatch(/^UWB_ERR_REQUEST_INVALID: .+\nrequest .+\n$/);
  expect(end).toBe("fin");
  const id = answer?.headers.find(([name]) => name === "x-request-id")?.[1];
  expect(log.lines.map(({ fields }) => [fields["requestId"], fields["status"]])).toEqual([[id, status]]);
  expect(worker.requests).toEqual([]);
});

test("bytes that are no HTTP do not overwrite the answer that is on its way", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const { endpoint } = await startFront([worker.endpoint]);
  const conversation = converseHttp(endpoint, `${get("/1")}bad\r\n\r\n`, {
    methods: ["GET", "GET"],
    quietMs: 2000,
  });
  await until(() => worker.requests.length === 1, "the request arrives");
  answerPath(worker.requests[0] as ScriptedRequest);
  const { answers, end } = await conversation;
  expect(answers.map(({ status, body }) => [status, body.slice(0, 23)])).toEqual([
    [200, "/1"],
    [400, "UWB_ERR_REQUEST_INVALID"],
  ]);
  expect(end).toBe("fin");
});

test("a client that leaves takes all its requests with it", async () => {
  const worker = await startScriptedWorker(({ socket }) => socket.write("HTTP/1.1 200 OK\r\n\r\nbegun"));
  const { endpoint, front } = await startFront([worker.endpoint]);
  const client = connectHttp(endpoint);
  client.write(get("/1") + get("/2") + get("/3"));
  await until(() => worker.requests.length === 1, "the first request arrives");
  client.resetAndDestroy();
  await until(() => front.stats().openRequests === 0, "nothing is open");
  await until(() => front.stats().upstreams[0]?.busy === 0, "the connection to the worker is closed");
  expect(pathsOf(worker.requests)).toEqual(["/1"]);
});

test("a method that is not served is told which are, in both ways to refuse it", async () => {
  const worker = await startScriptedWorker(answerPath);
  const { endpoint } = await startFront([worker.endpoint]);
  for (const bytes of ["CONNECT a.test:443 HTTP/1.1\r\nHost: a.test\r\n\r\n", get("/", "TRACE")]) {
    const { answers } = await converseHttp(endpoint, bytes);
    expect(answers[0]?.headers).toContainEqual(["allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"]);
  }
});

test("a password in the target is not logged", async () => {
  const worker = await startScriptedWorker(answerPath);
  const { endpoint, log } = await startFront([worker.endpoint]);
  await converseHttp(endpoint, "GET http://user:secret@a.test/x HTTP/1.1\r\nHost: a.test\r\n\r\n");
  expect(log.lines).toHaveLength(1);
  expect(JSON.stringify(log.lines)).not.toContain("secret");
});

test("a request is over before the next one of its connection begins", async () => {
  const worker = await startScriptedWorker(answerPath);
  const { endpoint } = await startFront([worker.endpoint], { limitRequestsInProgress: 1 });
  const { answers } = await converseHttp(endpoint, get("/1") + get("/2") + get("/3"), {
    methods: ["GET", "GET", "GET"],
    enough: 3,
  });
  expect(answers.map(({ status, body }) => [status, body])).toEqual([
    [200, "/1"],
    [200, "/2"],
    [200, "/3"],
  ]);
});

test("a WebSocket behind a request that was refused reaches nobody", async () => {
  const worker = await startScriptedWorker(answerPath);
  const { endpoint, front } = await startFront([worker.endpoint]);
  const refused = "GET / HTTP/1.1\r\nHost: a.test\r\nHost: b.test\r\n\r\n";
  const { answers, end } = await converseHttp(endpoint, refused + upgradeRequest("websocket"));
  expect(answers.map(({ status }) => status)).toEqual([400]);
  expect(end).toBe("fin");
  expect(front.stats().requests).toBe(1);
  expect(worker.requests).toEqual([]);
});
