import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import type { ForwardRouteOptions } from "../../../src/front/routes/route-options.ts";
import { startFront } from "../../support/fronts.ts";
import { startHttpServer } from "../../support/http-servers.ts";
import { startTalker, upgradeRequest } from "../../support/tunnels.ts";

/** A WebSocket server that says where it was called, then sends everything back, and a front before it. */
async function startChat(options: Partial<ForwardRouteOptions> = {}) {
  const { url, server } = await startHttpServer((_request, response) => response.end("no WebSocket"));
  const chat = new WebSocketServer({ server });
  onTestFinished(() => chat.close());
  chat.on("connection", (socket, request) => {
    socket.send(`${request.url} ${request.headers.host}`);
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  const started = await startFront([], { routes: [{ path: "/ws", to: url, ...options }] });
  const port = started.endpoint.type === "tcp" ? started.endpoint.port : 0;
  return { ...started, port };
}

describe("a WebSocket behind a route", () => {
  test.each([
    [{}, "/chat?room=1"],
    [{ stripPrefix: false }, "/ws/chat?room=1"],
  ])("with %j is opened at %s, and carries messages both ways", async (options, target) => {
    const { front, port } = await startChat(options);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/chat?room=1`);
    onTestFinished(() => socket.terminate());
    const [greeting] = (await once(socket, "message")) as [Buffer];
    expect(greeting.toString()).toBe(`${target} 127.0.0.1:${port}`);
    const large = Buffer.alloc(1024 * 1024, "x");
    socket.send(large);
    const [echo] = (await once(socket, "message")) as [Buffer];
    expect(echo.equals(large)).toBe(true);
    expect(front.stats().tunnels).toBe(1);
    socket.close();
    await once(socket, "close");
  });

  test("is an ordinary request where the route has none", async () => {
    const { port, front } = await startChat({ websocket: false });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/chat`);
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toContain("Unexpected server response: 200");
    expect(front.stats().tunnels).toBe(0);
  });
});

test("other protocols stay out, whatever the server would do with them", async () => {
  const { url } = await startHttpServer((_request, response) => response.end("plain"));
  const { endpoint } = await startFront([], { routes: [{ to: url }] });
  const talker = startTalker(endpoint, upgradeRequest("h2c"));
  expect(await talker.untilHeard("plain")).toMatch(/^HTTP\/1\.1 200 /);
});
