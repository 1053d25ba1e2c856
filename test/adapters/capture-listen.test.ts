import { once } from "node:events";
import { createServer, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { captureListen, type ListenCapture } from "../../src/adapters/capture-listen.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import { freePort, isAccepting } from "../support/ports.ts";

describe.each([
  ["a port", (port: number) => [port], "::"],
  ["a port and a host", (port: number) => [port, "127.0.0.1"], "127.0.0.1"],
  ["options", (port: number) => [{ port, host: "0.0.0.0" }], "0.0.0.0"],
  ["a host name", (port: number) => [{ port, host: "localhost" }], "127.0.0.1"],
] as const)("the first server, with %s", (_what, args, address) => {
  test("believes that it listens, and no port is open", async () => {
    const capture = capturing();
    const port = await freePort();
    const server = createServer();
    const heard: string[] = [];
    server.on("listening", () => heard.push("event"));
    const returned = listen(server, ...args(port), () => heard.push("callback"));
    expect(returned).toBe(server);
    expect(heard).toEqual([]);
    expect(await capture.server).toBe(server);
    await once(server, "listening");
    expect(heard).toEqual(["event", "callback"]);
    expect(server.listening).toBe(true);
    expect(server.address()).toEqual({ port, address, family: address.includes(":") ? "IPv6" : "IPv4" });
    expect(await isAccepting({ host: "127.0.0.1", port })).toBe(false);
  });
});

test("a path is no file", async () => {
  capturing();
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  const path = join(directory.path, "app.sock");
  const server = createServer().listen(path);
  await once(server, "listening");
  expect(server.address()).toBe(path);
  expect(await isAccepting({ path })).toBe(false);
});

describe("closing", () => {
  test("is told to the event and the callback, once", async () => {
    const { server, capture } = await captured();
    capture.finish();
    const heard: string[] = [];
    server.on("close", () => heard.push("event"));
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect(heard).toEqual(["event"]);
    expect([server.listening, server.address()]).toEqual([false, null]);
    const error = await new Promise((resolve) => server.close(resolve));
    expect(error).toMatchObject({ code: "ERR_SERVER_NOT_RUNNING" });
    expect(heard).toEqual(["event"]);
  });

  test("takes until the last request is over: many applications end their process then", async () => {
    const { server, capture } = await captured();
    let isClosed = false;
    const closed = new Promise<void>((resolve) => {
      server.close(() => {
        isClosed = true;
        resolve();
      });
    });
    expect(server.listening).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    capture.finish();
    await closed;
  });

  test("before it listens keeps the event away", async () => {
    const capture = capturing();
    const server = createServer();
    let isHeard = false;
    server.listen(0, () => {
      isHeard = true;
    });
    server.close();
    capture.finish();
    await once(server, "close");
    expect(isHeard).toBe(false);
  });

  test("comes with an abort of the signal", async () => {
    const capture = capturing();
    capture.finish();
    const controller = new AbortController();
    const server = createServer().listen({ port: 0, signal: controller.signal });
    await once(server, "listening");
    controller.abort();
    await once(server, "close");
    expect(server.listening).toBe(false);
  });

  test("by disposal works as well", async () => {
    const { server, capture } = await captured();
    capture.finish();
    await server[Symbol.asyncDispose]();
    expect(server.listening).toBe(false);
  });
});

test("the captured server may not listen twice, but again after it was closed: still without a port", async () => {
  const { server, capture } = await captured();
  expect(() => server.listen(0)).toThrow(
    expect.objectContaining({ code: "ERR_SERVER_ALREADY_LISTEN" }) as Error,
  );
  server.close();
  capture.finish();
  await once(server, "close");
  const port = await freePort();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  expect(server.address()).toMatchObject({ port });
  expect(await isAccepting({ host: "127.0.0.1", port })).toBe(false);
});

test("a server that listens later does so", async () => {
  await captured();
  expect(Object.hasOwn(Server.prototype, "listen")).toBe(false);
  const metrics = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void metrics.close());
  await once(metrics, "listening");
  const { port } = metrics.address() as AddressInfo;
  expect(await isAccepting({ host: "127.0.0.1", port })).toBe(true);
});

test("of a host name, further addresses of its port belong to the captured server, and other ports do not", async () => {
  const port = await freePort();
  await captured({ port, host: "localhost" });
  onTestFinished(() => void Reflect.deleteProperty(Server.prototype, "listen"));
  const second = createServer().listen({ port, host: "127.0.0.1" });
  await once(second, "listening");
  expect(await isAccepting({ host: "127.0.0.1", port })).toBe(false);
  const metrics = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void metrics.close());
  await once(metrics, "listening");
  const { port: own } = metrics.address() as AddressInfo;
  expect(await isAccepting({ host: "127.0.0.1", port: own })).toBe(true);
});

test("a port that there is not captures nothing", async () => {
  const capture = capturing();
  expect(() => createServer().listen(70_000)).toThrow(RangeError);
  const server = createServer().listen(1);
  expect(await capture.server).toBe(server);
});

test("released without a server, it lets the next one listen", async () => {
  capturing().release();
  expect(Object.hasOwn(Server.prototype, "listen")).toBe(false);
});

function capturing(): ListenCapture {
  const capture = captureListen();
  onTestFinished(() => capture.release());
  return capture;
}

async function captured(options: { port: number; host?: string } = { port: 0 }) {
  const capture = capturing();
  const server = createServer().listen(options);
  await once(server, "listening");
  return { server, capture };
}

function listen(server: Server, ...args: unknown[]): unknown {
  return Reflect.apply(server.listen, server, args);
}
