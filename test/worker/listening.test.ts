import { spawn } from "node:child_process";
import { existsSync, statSync, writeFileSync } from "node:fs";
import { symlink } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Application } from "../../src/gateway/types.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { createWorker } from "../../src/worker/worker.ts";
import { anyPort, temporaryDirectory } from "../support/endpoints.ts";
import { bodyOf, connectTo, converse, listenTo, requestBytes, statusOf } from "../support/raw-peer.ts";
import { signal, sleep, until } from "../support/wait.ts";
import { endpointFor, startWorker, textApp } from "../support/workers.ts";

describe("a Unix socket", () => {
  test.each([
    { given: undefined, mode: 0o660 },
    { given: 0o600, mode: 0o600 },
    { given: 0o666, mode: 0o666 },
  ])("has mode $mode", async ({ given, mode }) => {
    const where = given === undefined ? {} : { listen: { mode: given } };
    const { endpoint } = await startWorker(textApp("ok"), {}, { transport: "unix", ...where });
    expect(statSync(pathOf(endpoint)).mode & 0o777).toBe(mode);
  });

  test.runIf(process.getuid?.() === 0)("gets the owner it is told to have", async () => {
    const { endpoint } = await startWorker(
      textApp("ok"),
      {},
      { transport: "unix", listen: { uid: 33, gid: 34 } },
    );
    expect(statSync(pathOf(endpoint))).toMatchObject({ uid: 33, gid: 34 });
  });

  test("that nobody listens on is replaced", async () => {
    const endpoint = await endpointFor("unix");
    await leaveStaleSocket(pathOf(endpoint));
    expect(existsSync(pathOf(endpoint))).toBe(true);
    const worker = createWorker(textApp("new"));
    await worker.listen(endpoint);
    onTestFinished(() => worker.close(0));
    expect(bodyOf((await converse(endpoint, [requestBytes()])).text)).toBe("new");
  });

  test("that another process listens on is left alone, and the error says so", async () => {
    const { endpoint } = await startWorker(textApp("old"), {}, { transport: "unix" });
    await expect(createWorker(textApp("new")).listen(endpoint)).rejects.toMatchObject({
      name: "UsageError",
      code: "UWB_ERR_SOCKET_IN_USE",
      message: expect.stringContaining(pathOf(endpoint)) as string,
    });
    expect(bodyOf((await converse(endpoint, [requestBytes()])).text)).toBe("old");
  });

  test("is not put in the place of another file, nor of a link", async () => {
    const endpoint = await endpointFor("unix");
    writeFileSync(pathOf(endpoint), "precious");
    await expect(createWorker(textApp("")).listen(endpoint)).rejects.toMatchObject({
      code: "UWB_ERR_LISTEN",
    });
    const link = `${pathOf(endpoint)}.link`;
    await symlink(pathOf(endpoint), link);
    const worker = createWorker(textApp(""));
    await expect(worker.listen({ type: "unix", path: link })).rejects.toMatchObject({
      code: "UWB_ERR_LISTEN",
    });
  });

  test("is removed when its worker closes, but not when another worker took its place", async () => {
    const endpoint = await endpointFor("unix");
    const first = createWorker(textApp("first"));
    await first.listen(endpoint);
    await first.close(0);
    expect(existsSync(pathOf(endpoint))).toBe(false);

    const directory = await temporaryDirectory();
    onTestFinished(directory.remove);
    const path = join(directory.path, "s");
    const old = createWorker(textApp("old"));
    await old.listen({ type: "unix", path });
    const { rmSync } = await import("node:fs");
    rmSync(path);
    const next = createWorker(textApp("next"));
    await next.listen({ type: "unix", path });
    onTestFinished(() => next.close(0));
    await old.close(0);
    expect(bodyOf((await converse({ type: "unix", path }, [requestBytes()])).text)).toBe("next");
  });

  test("leaves no other file in its directory", async () => {
    const { readdirSync } = await import("node:fs");
    const { endpoint } = await startWorker(textApp("ok"), {}, { transport: "unix" });
    expect(readdirSync(join(pathOf(endpoint), ".."))).toEqual(["app.sock"]);
  });
});

describe("a TCP address", () => {
  test("is reported with its real port", async () => {
    const { endpoint } = await startWorker(textApp("ok"));
    expect(endpoint).toMatchObject({ type: "tcp", host: "127.0.0.1", port: expect.any(Number) as number });
    expect(statusOf((await converse(endpoint, [requestBytes()])).text)).toBe(200);
  });

  test("may be IPv6", async () => {
    const worker = createWorker(textApp("six"));
    const endpoint = await worker.listen({ type: "tcp", host: "::1", port: 0 });
    onTestFinished(() => worker.close(0));
    expect(bodyOf((await converse(endpoint, [requestBytes()])).text)).toBe("six");
  });

  test("that is taken gives an error that names it", async () => {
    const { endpoint } = await startWorker(textApp("ok"));
    await expect(createWorker(textApp("")).listen(endpoint)).rejects.toMatchObject({
      code: "UWB_ERR_SOCKET_IN_USE",
      message: expect.stringMatching(/127\.0\.0\.1:\d+/) as string,
    });
  });

  test.each(["0.0.0.0", "::", "192.0.2.1"])("%s needs an allow list", async (host) => {
    await expect(createWorker(textApp("")).listen({ type: "tcp", host, port: 0 })).rejects.toMatchObject({
      name: "ConfigError",
      option: "allowFrom",
    });
  });

  test("with an allow list refuses everybody else before a byte is read", async () => {
    const app = textApp("ok");
    const { worker, endpoint, log } = await startWorker(app, { allowFrom: ["10.0.0.0/8"] });
    const heard = await converse(endpoint, [requestBytes()]);
    expect(heard.text).toBe("");
    expect(app.calls).toBe(0);
    expect(worker.stats().forbidden).toBe(1);
    expect(log.lines[0]?.fields).toMatchObject({ address: "127.0.0.1" });
  });

  test("on all interfaces serves those on its allow list", async () => {
    const worker = createWorker(textApp("ok"), { allowFrom: ["127.0.0.1"] });
    const bound = await worker.listen({ type: "tcp", host: "::", port: 0 });
    onTestFinished(() => worker.close(0));
    const endpoint: Endpoint = {
      type: "tcp",
      host: "127.0.0.1",
      port: bound.type === "tcp" ? bound.port : 0,
    };
    expect(statusOf((await converse(endpoint, [requestBytes()])).text)).toBe(200);
  });
});

test("fd://N serves an inherited socket", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  // The child gets the listening socket as descriptor 3, as a service manager would pass it.
  const handle = (server as unknown as { _handle: { fd: number } })._handle;
  const child = spawn(
    process.execPath,
    ["bin/uwsgi-bridge.js", "worker", "examples/hello.ts", "-s", "fd://3", "--log-level", "silent"],
    { stdio: ["ignore", "ignore", "inherit", handle.fd, "ipc"] },
  );
  onTestFinished(async () => {
    child.kill();
    await new Promise((resolve) => child.once("exit", resolve));
  });
  await new Promise((resolve) => child.once("message", resolve));
  server.close();
  const { text } = await converse({ type: "tcp", host: "127.0.0.1", port }, [requestBytes()]);
  expect(bodyOf(text)).toBe("Hello from /x\n");
});

describe("close", () => {
  test("lets a running request finish, refuses new connections, and resolves", async () => {
    const { app, release } = heldApp();
    const worker = createWorker(app);
    const endpoint = await worker.listen(anyPort);
    const heard = converse(endpoint, [requestBytes()]);
    await until(() => worker.stats().runningRequests === 1, "the request runs");
    const closed = worker.close();
    await sleep(20);
    expect((await listenTo(connectTo(endpoint))).end).toBe("reset");
    release();
    expect(bodyOf((await heard).text)).toBe("finished");
    await closed;
    expect(worker.stats().openConnections).toBe(0);
  });

  test("aborts what still runs at its deadline", async () => {
    let reason: unknown;
    const worker = createWorker(async (environ, startResponse) => {
      const abort = environ["uwsgi_bridge.signal"];
      await new Promise((resolve) => abort.addEventListener("abort", resolve));
      reason = abort.reason;
      startResponse("200 OK", []);
      return [];
    });
    const endpoint = await worker.listen(anyPort);
    const heard = converse(endpoint, [requestBytes()]);
    await until(() => worker.stats().runningRequests === 1, "the request runs");
    await worker.close(30);
    await until(() => reason !== undefined, "the signal is aborted");
    expect(reason).toMatchObject({ code: "UWB_ERR_CLIENT_GONE" });
    expect((await heard).text).toBe("");
  });

  test("closes connections that have not said anything at once", async () => {
    const worker = createWorker(textApp("ok"));
    const endpoint = await worker.listen(anyPort);
    const idle = listenTo(connectTo(endpoint));
    await until(() => worker.stats().openConnections === 1, "the connection is accepted");
    await worker.close(5000);
    expect((await idle).text).toBe("");
  });
});

function heldApp(): { app: Application; release: () => void } {
  const { promise, resolve } = signal();
  const app: Application = async (_environ, startResponse) => {
    await promise;
    startResponse("200 OK", []);
    return [Buffer.from("finished")];
  };
  return { app, release: () => resolve() };
}

function pathOf(endpoint: Endpoint): string {
  if (endpoint.type !== "unix") throw new Error("not a Unix socket");
  return endpoint.path;
}

/** What a process that was killed leaves behind: a socket file, and nobody behind it. */
async function leaveStaleSocket(path: string): Promise<void> {
  const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
  const child = spawn(process.execPath, ["-e", script], { stdio: "ignore" });
  await new Promise((resolve) => child.once("exit", resolve));
}
