import { existsSync, readdirSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { listen } from "../../src/net/listen.ts";
import { openSharedSocket } from "../../src/net/shared-socket.ts";
import { anyPort, temporaryDirectory } from "../support/endpoints.ts";
import { connectTo, listenTo } from "../support/raw-peer.ts";

describe("a shared socket", () => {
  test("of TCP has its port before anybody listens, and outlives who listened", async () => {
    const shared = await openSharedSocket(anyPort);
    expect(shared.endpoint).toMatchObject({ port: expect.any(Number) });
    const server = createServer((socket) => socket.end("hello"));
    await listen(server, shared.endpoint, { fd: shared.fd });
    expect(await listenTo(connectTo(shared.endpoint))).toMatchObject({ text: "hello" });
    server.close();
    await shared.close();
  });

  test("of a path gets its name and mode when it is published, and loses it when it is closed, twice too", async () => {
    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const path = join(directory.path, "s");
    const shared = await openSharedSocket({ type: "unix", path }, { mode: 0o600 });
    expect(existsSync(path)).toBe(false);
    await shared.publish();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await Promise.all([shared.close(), shared.close()]);
    expect(existsSync(path)).toBe(false);
  });

  test("of a path may be published from several places at once, and withdrawn in between", async () => {
    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const endpoint = { type: "unix", path: join(directory.path, "s") } as const;
    const shared = await openSharedSocket(endpoint);
    const server = createServer((socket) => socket.end("hello"));
    await listen(server, endpoint, { fd: shared.fd });
    await Promise.all([
      shared.publish(),
      shared.publish(),
      shared.withdraw(),
      shared.publish(),
      shared.publish(),
    ]);
    expect((await listenTo(connectTo(endpoint))).text).toBe("hello");
    await Promise.all([shared.publish(), shared.close()]);
    server.close();
    expect(readdirSync(directory.path)).toEqual([]);
  });

  test("of a path can be withdrawn and published again: who has connected waits, who comes is refused", async () => {
    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const endpoint = { type: "unix", path: join(directory.path, "s") } as const;
    const shared = await openSharedSocket(endpoint);
    const server = createServer((socket) => socket.end("hello"));
    await listen(server, endpoint, { fd: shared.fd });
    await shared.publish();
    await shared.withdraw();
    expect((await listenTo(connectTo(endpoint))).end).toBe("reset");
    await shared.publish();
    expect((await listenTo(connectTo(endpoint))).text).toBe("hello");
    await shared.withdraw();
    await shared.close();
    server.close();
    expect(readdirSync(directory.path)).toEqual([]);
  });

  test("of an address in use says so", async () => {
    const server = createServer();
    const { endpoint } = await listen(server, anyPort);
    await expect(openSharedSocket(endpoint)).rejects.toMatchObject({ code: "UWB_ERR_SOCKET_IN_USE" });
    server.close();
  });

  test.each([
    [{ type: "unix", path: "/does/not/exist/s" }, "the directory /does/not/exist does not exist"],
    [{ type: "tcp", host: "192.0.2.1", port: 0 }, "EADDRNOTAVAIL"],
    [{ type: "tcp", host: "name.invalid", port: 0 }, "ENOTFOUND|EAI_AGAIN"],
  ] as const)("that the system refuses: %o", async (endpoint, reason) => {
    const refused = openSharedSocket(endpoint);
    await expect(refused).rejects.toMatchObject({ code: "UWB_ERR_LISTEN" });
    await expect(refused).rejects.toThrow(new RegExp(reason));
  });
});
