import { describe, expect, onTestFinished, test } from "vitest";
import { createFront } from "../../../src/front/front.ts";
import type { FrontOptions } from "../../../src/front/options.ts";
import { type Endpoint, formatEndpoint } from "../../../src/net/endpoint.ts";
import { startFront, startScriptedWorker, varsOf } from "../../support/fronts.ts";
import { connectHttp, converseHttp } from "../../support/raw-http.ts";
import { until } from "../../support/wait.ts";
import { endpointFor } from "../../support/workers.ts";
import { v2 } from "./proxy-header-cases.ts";

const OPTIONS: Omit<FrontOptions, "to"> = { trustedProxies: ["127.0.0.1"], proxyProtocol: "auto" };
const LINE = "PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r\n";
const HEADER = v2("21 11", "c0000201 c6336402 1388 01bb");
const GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";
const POST = "POST /y HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nhello";

async function startSite(options: Omit<FrontOptions, "to"> = OPTIONS) {
  const worker = await startScriptedWorker((request) => {
    const length = Number(varsOf(request)["CONTENT_LENGTH"] ?? 0);
    const check = (): void => {
      if (request.body().length === length)
        request.socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    };
    request.socket.on("data", check);
    check();
  });
  return { worker, ...(await startFront([worker.endpoint], options)) };
}

test.each([
  ["v1", Buffer.from(LINE)],
  ["v2", HEADER],
])("the client that a header of %s names is the client", async (_version, header) => {
  const { worker, endpoint } = await startSite();
  const bytes = Buffer.concat([header, Buffer.from(GET + POST)]);
  const { answers, end } = await converseHttp(endpoint, bytes, { methods: ["GET", "POST"] });
  expect([answers.map(({ status }) => status), end]).toEqual([[200, 200], "open"]);
  for (const request of worker.requests) {
    expect(varsOf(request)).toMatchObject({
      REMOTE_ADDR: "192.0.2.1",
      REMOTE_PORT: "5000",
      SERVER_PORT: "443",
      REQUEST_SCHEME: "http",
      HTTP_X_FORWARDED_FOR: "192.0.2.1",
    });
  }
  expect(worker.requests[1]?.body().toString()).toBe("hello");
});

describe("a connection that is divided", () => {
  const whole = Buffer.concat([HEADER, Buffer.from(GET + POST + GET)]);

  test("anywhere loses nothing", async () => {
    const { worker, endpoint } = await startSite();
    for (let at = 1; at < whole.length; at += 1) {
      const chunks = [whole.subarray(0, at), whole.subarray(at)];
      const { answers } = await converseHttp(endpoint, chunks, {
        methods: ["GET", "POST", "GET"],
        enough: 3,
      });
      expect([at, answers.map(({ status }) => status)]).toEqual([at, [200, 200, 200]]);
    }
    const bodies = worker.requests.map((request) => request.body().toString());
    expect(bodies.filter((body) => body === "hello")).toHaveLength(whole.length - 1);
    expect(new Set(worker.requests.map((request) => varsOf(request)["REMOTE_ADDR"]))).toEqual(
      new Set(["192.0.2.1"]),
    );
  }, 60_000);

  test("after each byte loses nothing", async () => {
    const { endpoint, worker } = await startSite();
    const chunks = [...whole].map((byte) => Buffer.from([byte]));
    const { answers } = await converseHttp(endpoint, chunks, { methods: ["GET", "POST", "GET"], enough: 3 });
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(worker.requests.map((request) => request.body().toString())).toEqual(["", "hello", ""]);
  });
});

test("a large body arrives whole behind a header", async () => {
  const { endpoint, worker } = await startSite();
  const size = 3_000_000;
  const head = `POST /y HTTP/1.1\r\nHost: a.test\r\nContent-Length: ${size}\r\n\r\n`;
  const body = Buffer.alloc(size, "abcdefg");
  const { answers } = await converseHttp(endpoint, Buffer.concat([HEADER, Buffer.from(head), body]), {
    methods: ["POST"],
    enough: 1,
    quietMs: 5000,
  });
  expect(answers[0]?.status).toBe(200);
  expect(worker.requests[0]?.body().equals(body)).toBe(true);
});

test("the client speaks https when the header says TLS", async () => {
  const { endpoint, worker } = await startSite();
  const header = v2("21 11", "c0000201 c6336402 1388 01bb 20 0005 01 00000000");
  await converseHttp(endpoint, Buffer.concat([header, Buffer.from(GET)]), { enough: 1 });
  expect(varsOf(worker.requests[0])).toMatchObject({ REQUEST_SCHEME: "https", HTTPS: "on" });
});

test.each([
  ["LOCAL", v2("20 00"), "127.0.0.1"],
  ["UNKNOWN", Buffer.from("PROXY UNKNOWN\r\n"), "127.0.0.1"],
  ["UNIX", v2("21 31", "00".repeat(216)), ""],
])("with %s the client is %j", async (_name, header, address) => {
  const { endpoint, worker } = await startSite();
  await converseHttp(endpoint, Buffer.concat([header, Buffer.from(GET)]), { enough: 1 });
  expect(varsOf(worker.requests[0])).toMatchObject({ REMOTE_ADDR: address });
});

test("lists go by the client of the header, and what it claims itself is not believed", async () => {
  const { endpoint, worker } = await startSite({ ...OPTIONS, deny: ["192.0.2.0/24"] });
  const ask = (line: string) =>
    converseHttp(endpoint, `${line}${GET.replace("\r\n\r\n", "\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n")}`, {
      enough: 1,
    });
  expect((await ask(LINE)).answers[0]?.status).toBe(403);
  expect((await ask(LINE.replace("192.0.2.1", "198.51.100.1"))).answers[0]?.status).toBe(200);
  expect(varsOf(worker.requests[0])["REMOTE_ADDR"]).toBe("198.51.100.1");
});

test("a request that wishes in vain to be upgraded needs no second header", async () => {
  const { endpoint } = await startSite({ ...OPTIONS, upgrade: false });
  const upgrade = GET.replace("\r\n\r\n", "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  const { answers } = await converseHttp(endpoint, LINE + upgrade + GET);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
});

describe("a connection is closed without an answer", () => {
  test.each([
    ["that has no header", GET, OPTIONS, /is missing/],
    ["with a wrong header", "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\r\n", OPTIONS, /port/],
    ["with a header of another version", LINE, { ...OPTIONS, proxyProtocol: "v2" as const }, /is missing/],
    [
      "whose peer is not trusted",
      LINE + GET,
      { ...OPTIONS, trustedProxies: ["10.0.0.1"] },
      /none of the trusted/,
    ],
    ["that waits too long", "PROXY TCP4", { ...OPTIONS, proxyProtocolTimeoutMs: 100 }, /in time/],
    ["that says nothing", "", { ...OPTIONS, proxyProtocolTimeoutMs: 100 }, /in time/],
  ])("%s", async (_what, bytes, options, reason) => {
    const { endpoint, worker, log } = await startSite(options);
    const { raw, end } = await converseHttp(endpoint, bytes);
    expect(raw).toBe("");
    expect(end).not.toBe("open");
    expect(worker.requests).toEqual([]);
    expect(log.lines.map(({ fields }) => fields)).toMatchObject([
      { code: "UWB_ERR_PROXY_PROTOCOL", peer: "127.0.0.1", reason: expect.stringMatching(reason) as string },
    ]);
  });
});

test("a peer that looks whether somebody is there is not worth a line", async () => {
  const { endpoint, log } = await startSite();
  const client = connectHttp(endpoint);
  await until(() => client.readyState === "open", "the connection is made");
  let isClosed = false;
  client.on("close", () => {
    isClosed = true;
  });
  client.end();
  await until(() => isClosed, "the front closes too");
  const hasty = connectHttp(endpoint);
  hasty.write("PROX");
  hasty.end();
  await until(() => log.lines.length > 0, "the one that began is");
  expect(log.lines.map(({ fields }) => fields["reason"])).toEqual(["the peer left inside the PROXY header"]);
});

test("connections without a header count when there are too many", async () => {
  const { endpoint, front } = await startSite({ ...OPTIONS, maxConnections: 1 });
  const silent = connectHttp(endpoint);
  await until(() => front.stats().openConnections === 1, "the connection is accepted");
  const { answers } = await converseHttp(endpoint, LINE + GET, { enough: 1 });
  expect([answers[0]?.status, front.stats().refusedConnections]).toEqual([503, 1]);
  silent.destroy();
});

test("a front that closes does not wait for headers beyond its time", async () => {
  const { endpoint, front } = await startSite({ ...OPTIONS, proxyProtocolTimeoutMs: 60_000 });
  const silent = connectHttp(endpoint);
  silent.on("error", () => undefined);
  await until(() => front.stats().openConnections === 1, "the connection is accepted");
  const started = performance.now();
  await front.close(200);
  expect(performance.now() - started).toBeLessThan(10_000);
  silent.destroy();
});

test("a peer on a Unix socket may speak it when it is trusted", async () => {
  const { worker } = await startSite();
  const front = createFront({
    to: [formatEndpoint(worker.endpoint)],
    trustedProxies: ["unix"],
    proxyProtocol: "v2",
  });
  onTestFinished(() => front.close(0));
  const endpoint: Endpoint = await front.listen(await endpointFor("unix"));
  const { answers } = await converseHttp(endpoint, Buffer.concat([HEADER, Buffer.from(GET)]), { enough: 1 });
  expect(answers[0]?.status).toBe(200);
  expect(varsOf(worker.requests[0])).toMatchObject({ REMOTE_ADDR: "192.0.2.1", SERVER_PORT: "443" });
});
