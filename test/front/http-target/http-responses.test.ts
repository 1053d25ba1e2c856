import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { ForwardRouteOptions } from "../../../src/front/routes/route-options.ts";
import { formatEndpoint } from "../../../src/net/endpoint.ts";
import { startFront } from "../../support/fronts.ts";
import { startHttpServer, startScriptedServer } from "../../support/http-servers.ts";
import { converseHttp, header } from "../../support/raw-http.ts";
import { refusingAddress } from "../../support/rude-peers.ts";
import { startTalker } from "../../support/tunnels.ts";
import { transports } from "../../support/workers.ts";

const GET = "GET /p/x?q HTTP/1.1\r\nHost: a.test\r\n\r\n";

async function frontBefore(to: string, options: Partial<ForwardRouteOptions> = {}) {
  return startFront([], { routes: [{ path: "/p", to, ...options }] });
}

test.each(transports)("a request goes over %s to a server of node:http and back", async (transport) => {
  const { url } = await startHttpServer((request, response) => {
    const { method, url: target, headers } = request;
    response.setHeader(
      "X-Seen",
      JSON.stringify([method, target, headers.host, headers["x-forwarded-prefix"]]),
    );
    response.end("hello");
  }, transport);
  const { endpoint } = await frontBefore(url);
  const { answers, end } = await converseHttp(endpoint, GET, { enough: 1 });
  expect(answers[0]).toMatchObject({ status: 200, body: "hello", isComplete: true });
  expect(JSON.parse(header(answers[0], "x-seen") ?? "")).toEqual(["GET", "/x?q", "a.test", "/p"]);
  expect(end).toBe("open");
});

test("hop-by-hop fields of the server stay with it", async () => {
  const { url } = await startScriptedServer(({ socket }) => {
    const fields =
      "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\nTE: x\r\nX-A: b\r\n";
    socket.write(`HTTP/1.1 200 Fine\r\n${fields}Content-Length: 2\r\n\r\nok`);
  });
  const { endpoint } = await frontBefore(url);
  const { answers } = await converseHttp(endpoint, GET, { enough: 1 });
  const names = answers[0]?.headers.map(([name]) => name).filter((name) => name !== "date");
  // What node:http says about the connection of the client is its own.
  expect(names).toEqual(["x-a", "content-length", "connection", "keep-alive"]);
  expect(answers[0]).toMatchObject({ status: 200, reason: "Fine", body: "ok" });
});

test("103 Early Hints are passed on, other interim heads are not", async () => {
  const { url } = await startScriptedServer(({ socket }) => {
    const interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n";
    const hints = "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n";
    socket.write(`${interim}${hints}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
  });
  const { endpoint } = await frontBefore(url);
  const { answers } = await converseHttp(endpoint, GET, { enough: 2 });
  expect(answers.map(({ status }) => status)).toEqual([103, 200]);
});

describe("a response that is not whole never looks so", () => {
  /** What a client hears of a response whose server breaks off once its beginning has arrived. */
  async function heardOf(beginning: string, breakOff: (socket: Socket) => void) {
    const { url, connections } = await startScriptedServer(({ socket }) => void socket.write(beginning));
    const { endpoint, log } = await frontBefore(url);
    const talker = startTalker(endpoint, GET);
    await talker.untilHeard("half");
    breakOff(connections[0]?.socket as Socket);
    return { end: await talker.untilEnd(), text: talker.heard(), codes: log.codes };
  }

  test("fewer bytes than announced", async () => {
    const beginning = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";
    const { text, codes } = await heardOf(beginning, (socket) => socket.end());
    expect(text).toMatch(/Content-Length: 9\r\n.*\r\n\r\nhalf$/s);
    expect(codes).toEqual(["UWB_ERR_RESPONSE_TRUNCATED"]);
  });

  test.each([
    { coding: "Transfer-Encoding: chunked\r\n", body: "4\r\nhalf\r\n", name: "the last chunk is missing" },
    { coding: "", body: "half", name: "a body that ends with the connection is cut", isReset: true },
  ])("$name", async ({ coding, body, isReset }) => {
    const { text, codes } = await heardOf(`HTTP/1.1 200 OK\r\n${coding}\r\n${body}`, (socket) =>
      isReset ? socket.resetAndDestroy() : socket.end(),
    );
    expect(text).toMatch(/Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n$/s);
    expect(codes).toEqual([isReset ? "UWB_ERR_UPSTREAM_RESET" : "UWB_ERR_RESPONSE_TRUNCATED"]);
  });
});

describe("what is no response is answered 502", () => {
  test.each([
    {
      name: "uwsgi style, without a status line",
      bytes: "Status: 200 OK\r\n\r\nx",
      code: "UWB_ERR_RESPONSE_MALFORMED",
    },
    { name: "another protocol", bytes: "SSH-2.0-OpenSSH\r\n\r\n", code: "UWB_ERR_RESPONSE_MALFORMED" },
    {
      name: "two lengths",
      bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
      code: "UWB_ERR_RESPONSE_FRAMING",
    },
    {
      name: "length and chunks",
      bytes: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\nx",
      code: "UWB_ERR_RESPONSE_FRAMING",
    },
    {
      name: "an upgrade that nobody asked for",
      bytes: "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n",
      code: "UWB_ERR_RESPONSE_UPGRADE",
    },
    { name: "nothing", bytes: "", code: "UWB_ERR_UPSTREAM_CLOSED" },
    { name: "the close mark of another protocol", bytes: "\xc8\0\0\0", code: "UWB_ERR_RESPONSE_TRUNCATED" },
  ])("$name", async ({ bytes, code }) => {
    const { url, connections } = await startScriptedServer(({ socket }) => socket.end(bytes, "latin1"));
    const { endpoint, log } = await frontBefore(url);
    const { answers } = await converseHttp(endpoint, GET, { enough: 1 });
    expect(answers[0]).toMatchObject({ status: 502, body: expect.stringContaining(code) });
    expect(log.codes).toEqual([code]);
    expect(connections.length).toBe(1);
  });
});

test("a server that is not there: 503; one that is silent: 504", async () => {
  const away = await frontBefore(`http://${formatEndpoint(await refusingAddress("tcp"))}`);
  const [refused] = (await converseHttp(away.endpoint, GET, { enough: 1 })).answers;
  expect(refused).toMatchObject({ status: 503, body: expect.stringContaining("UWB_ERR_UPSTREAM_CONNECT") });
  const silent = await startScriptedServer(() => undefined);
  const { endpoint } = await frontBefore(silent.url, { readTimeoutMs: 50 });
  const [late] = (await converseHttp(endpoint, GET, { enough: 1, quietMs: 5000 })).answers;
  expect(late).toMatchObject({ status: 504, body: expect.stringContaining("UWB_ERR_UPSTREAM_READ_TIMEOUT") });
});

test("what uWSGI does with too many vars is no explanation for an HTTP server that closes", async () => {
  const { url } = await startScriptedServer(({ socket }) => void socket.end());
  const { endpoint, log } = await frontBefore(url);
  const cookie = `Cookie: a=${"x".repeat(5000)}\r\n`;
  await converseHttp(endpoint, GET.replace("\r\n\r\n", `\r\n${cookie}\r\n`), { enough: 1 });
  const line = log.lines.find(({ fields }) => fields["code"] === "UWB_ERR_UPSTREAM_CLOSED");
  expect(line?.fields).toMatchObject({ method: "GET" });
  expect(line?.fields["hint"]).toMatch(/^Its log tells why/);
  expect(JSON.stringify(line?.fields)).not.toMatch(/buffer-size|max-vars|uwsgi/);
});
