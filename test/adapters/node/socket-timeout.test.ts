import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { fromNode } from "../../../src/adapters/index.ts";
import type { Application } from "../../../src/gateway/types.ts";
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { Channel } from "../../support/channel.ts";
import { startFront } from "../../support/fronts.ts";
import { converseHttp } from "../../support/raw-http.ts";
import { bodyOf, converse, requestBytes } from "../../support/raw-peer.ts";
import { startWorker } from "../../support/workers.ts";
import { makers } from "./modes.ts";

const LIMIT_MS = 60;

/** Where a Node application runs: Node's own server is what the others are measured by. */
const places: Record<string, (server: Server) => Promise<Endpoint>> = {
  "Node's server": async (server) => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return { type: "tcp", host: "127.0.0.1", port: (server.address() as AddressInfo).port };
  },
  "the socket of the worker": (server) => behindFront(makers["on the socket"](server)),
  "a stand-in": (server) => behindFront(makers["on a stand-in"](server)),
  "Node's parser": (server) => behindFront(makers["through the parser"](server)),
};

async function behindFront(app: Application): Promise<Endpoint> {
  const { endpoint } = await startWorker(app);
  return (await startFront([endpoint])).endpoint;
}

describe.each(Object.keys(places))("on %s", (place) => {
  const get = async (server: Server, enough = 1) => {
    const endpoint = await places[place]?.(server);
    if (!endpoint) throw new Error("no such place");
    const { answers } = await converseHttp(endpoint, "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n", {
      enough,
      quietMs: 3000,
    });
    return answers[0] && [answers[0].status, answers[0].body];
  };

  test("socket.on('timeout') hears the limit of socket.setTimeout; a response that listens too may go on", async () => {
    const seen = new Channel<string>();
    const server = createServer((request, response) => {
      request.socket.setTimeout(LIMIT_MS);
      request.socket.on("timeout", () => seen.push("socket"));
      response.on("timeout", () => {
        seen.push("response");
        response.end("late");
      });
    });
    expect(await get(server)).toEqual([200, "late"]);
    expect([await seen.next(), await seen.next()]).toEqual(["response", "socket"]);
  });

  test("server.setTimeout is the limit of every request, and its listener has the socket", async () => {
    const server = createServer((_request, response) => {
      server.once("timeout", () => response.end("late"));
    });
    server.timeout = LIMIT_MS;
    expect(await get(server)).toEqual([200, "late"]);
  });

  test("listeners of the socket alone do not keep the connection", async () => {
    const seen = new Channel<string>();
    const server = createServer((request, response) => {
      response.on("close", () => seen.push("close"));
      request.socket.setTimeout(LIMIT_MS, () => seen.push("callback"));
    });
    void get(server).catch(() => undefined);
    expect([await seen.next(), await seen.next()].sort()).toEqual(["callback", "close"]);
  });
});

test("the limits of the worker are not heard by the application", async () => {
  let timeouts = 0;
  const server = createServer((request, response) => {
    request.socket.on("timeout", () => {
      timeouts += 1;
    });
    request.on("timeout", () => {
      timeouts += 1;
    });
    setTimeout(() => response.end("done"), 300);
  });
  const { endpoint } = await startWorker(fromNode(server), { sendTimeoutMs: 50, bodyTimeoutMs: 50 });
  const { text } = await converse(endpoint, [requestBytes()]);
  expect(bodyOf(text)).toBe("done");
  expect(timeouts).toBe(0);
});
