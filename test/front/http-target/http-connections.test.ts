import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { formatEndpoint } from "../../../src/net/endpoint.ts";
import { startFront } from "../../support/fronts.ts";
import { startHttpServer, startScriptedServer } from "../../support/http-servers.ts";
import { connectHttp, converseHttp } from "../../support/raw-http.ts";
import { refusingAddress } from "../../support/rude-peers.ts";
import { sleep, until } from "../../support/wait.ts";

const GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
const POST = "POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 2\r\n\r\nhi";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async function statusesOf(to: string, requests: readonly string[], persist = true): Promise<number[]> {
  const { endpoint } = await startFront([], { routes: [{ to, persist }] });
  const statuses: number[] = [];
  for (const request of requests) {
    const { answers } = await converseHttp(endpoint, request, { enough: 1 });
    statuses.push(answers[0]?.status ?? 0);
  }
  return statuses;
}

describe("a connection is used again", () => {
  test("while both sides agree", async () => {
    const { url, connections } = await startScriptedServer(({ socket }) => void socket.write(OK));
    expect(await statusesOf(url, [GET, GET, GET])).toEqual([200, 200, 200]);
    expect(connections.length).toBe(1);
  });

  test.each([
    { name: "the server says that it closes", answer: OK.replace("\r\n", "\r\nConnection: close\r\n") },
    {
      name: "the server would close within a second",
      answer: OK.replace("\r\n", "\r\nKeep-Alive: timeout=1\r\n"),
    },
    { name: "the server speaks HTTP/1.0", answer: OK.replace("1.1", "1.0") },
    { name: "more came than the response", answer: `${OK}more` },
  ])("not when $name", async ({ answer }) => {
    const { url, connections } = await startScriptedServer(({ socket }) => void socket.write(answer));
    expect(await statusesOf(url, [GET, GET])).toEqual([200, 200]);
    expect(connections.length).toBe(2);
  });

  test("not when that is off, which the server is told", async () => {
    const { url, connections } = await startScriptedServer(({ socket }) => void socket.write(OK));
    expect(await statusesOf(url, [GET, GET], false)).toEqual([200, 200]);
    expect(connections.map(({ text }) => text().includes("Connection: close\r\n"))).toEqual([true, true]);
  });

  test("whatever is said about the packets of uwsgi servers", async () => {
    const { url, connections } = await startScriptedServer(({ socket }) => void socket.write(OK));
    const { endpoint, front } = await startFront([], { modifier1: 5, routes: [{ to: url }] });
    for (let count = 0; count < 2; count += 1) await converseHttp(endpoint, GET, { enough: 1 });
    expect(connections.length).toBe(1);
    const ended = once(connections[0]?.socket as Socket, "end", { signal: AbortSignal.timeout(5000) });
    await front.close();
    await ended;
  });

  test("not for a request that may not run twice", async () => {
    const { url, connections } = await startScriptedServer(({ socket }) => void socket.write(OK));
    expect(await statusesOf(url, [GET, POST, GET])).toEqual([200, 200, 200]);
    expect(connections.length).toBe(2);
    expect(connections[1]?.text()).toMatch(/^POST /);
  });
});

describe("a request that was lost", () => {
  /** Answers once per connection, and closes at the second request. */
  const forgetful = ({ socket }: { readonly socket: Socket }, count: number): void => {
    if (count === 1) socket.write(OK);
    else socket.end();
  };

  test("on an old connection is sent again, once, when it may run twice", async () => {
    const { url, connections } = await startScriptedServer(forgetful);
    expect(await statusesOf(url, [GET, GET])).toEqual([200, 200]);
    expect(connections.length).toBe(2);
  });

  test("on a fresh connection is not sent again", async () => {
    const { url, connections } = await startScriptedServer(({ socket }) => void socket.end());
    expect(await statusesOf(url, [GET])).toEqual([502]);
    expect(await statusesOf(url, [POST])).toEqual([502]);
    expect(connections.length).toBe(2);
  });
});

test("a server that can not be reached is passed over, for a POST too", async () => {
  const { url, connections } = await startScriptedServer(({ socket }) => void socket.write(OK));
  const away = `http://${formatEndpoint(await refusingAddress())}`;
  const { endpoint } = await startFront([], { routes: [{ to: [away, url] }] });
  const { answers } = await converseHttp(endpoint, POST, { enough: 1 });
  expect(answers[0]?.status).toBe(200);
  expect(connections[0]?.text()).toMatch(/\r\n\r\nhi$/);
});

describe("bodies", () => {
  const large = Buffer.alloc(8 * 1024 * 1024, "x");

  test.each([true, false])("pass both ways (request buffering %s)", async (requestBuffering) => {
    const { url } = await startHttpServer((request, response) => void request.pipe(response));
    const { endpoint } = await startFront([], { routes: [{ to: url, requestBuffering }] });
    const port = endpoint.type === "tcp" ? endpoint.port : 0;
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: large });
    expect(Buffer.from(await response.arrayBuffer()).equals(large)).toBe(true);
  });

  test("that come in chunks get a length", async () => {
    const { url } = await startHttpServer((request, response) => {
      const { "content-length": length, "transfer-encoding": coding } = request.headers;
      request.resume().on("end", () => response.end(`${length} ${coding}`));
    });
    const { endpoint } = await startFront([], { routes: [{ to: url }] });
    const chunks = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
    const { answers } = await converseHttp(endpoint, chunks, { enough: 1 });
    expect(answers[0]?.body).toBe("3 undefined");
  });

  test("an answer that comes before the body was read arrives", async () => {
    const { url } = await startHttpServer((_request, response) => {
      response.writeHead(413, { Connection: "close" }).end("too much");
    });
    const { endpoint } = await startFront([], { routes: [{ to: url }] });
    const port = endpoint.type === "tcp" ? endpoint.port : 0;
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: large });
    expect([response.status, await response.text()]).toEqual([413, "too much"]);
  });

  test("a server is not read faster than the client", async () => {
    let written = 0;
    const total = 64 * 1024 * 1024;
    const { url } = await startHttpServer((_request, response) => {
      const block = Buffer.alloc(64 * 1024);
      const more = (): void => {
        while (written < total) {
          written += block.length;
          if (!response.write(block)) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    });
    const { endpoint } = await startFront([], { routes: [{ to: url }] });
    const socket = connectHttp(endpoint);
    socket.write(GET);
    await once(socket, "readable");
    for (let before = -1; written !== before; await sleep(250)) before = written;
    expect(written).toBeLessThan(total);
    socket.destroy();
  });
});

test("a client that leaves takes its request with it", async () => {
  const { url, connections } = await startScriptedServer(() => undefined);
  const { front, endpoint } = await startFront([], { routes: [{ to: url }] });
  const socket = connectHttp(endpoint);
  socket.write(GET);
  await until(() => connections.length === 1 && connections[0]?.text() !== "", "the request arrived");
  const left = once(connections[0]?.socket as Socket, "end", { signal: AbortSignal.timeout(5000) });
  socket.destroy();
  await left;
  await until(() => front.stats().openRequests === 0, "the request is over");
  expect(front.stats().upstreams[0]).toMatchObject({ busy: 0, idle: 0, waiting: 0 });
});
