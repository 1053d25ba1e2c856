import { once } from "node:events";
import { existsSync } from "node:fs";
import { connect, createServer } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { request } from "../../src/client/request.ts";
import { AppFolder } from "../supervisor/supervised.ts";
import { TestIo } from "../support/cli-io.ts";
import { sendHttp } from "../support/http-client.ts";
import { until } from "../support/wait.ts";

const START_MS = 15_000;

/** A command that serves in this process, with its workers in others; stopped when the test is over. */
async function startCommand(args: readonly string[]): Promise<{ io: TestIo; ended: Promise<number> }> {
  const io = new TestIo();
  const ended = main(args, io);
  onTestFinished(async () => {
    io.stop();
    io.stop();
    await ended;
  });
  await Promise.race([
    io.ready,
    ended.then((code) => Promise.reject(new Error(`${code}: ${io.stderr.text}`))),
  ]);
  return { io, ended };
}

test("serve: reload, one process more, statistics, and an orderly end", async () => {
  const folder = await AppFolder.create();
  const stats = folder.file("stats");
  const { io, ended } = await startCommand([
    ...[
      "serve",
      folder.app,
      "--http",
      "127.0.0.1:0",
      "-p",
      "1",
      "--stats",
      stats,
      "--touch-reload",
      folder.file("t"),
    ],
  ]);
  const [, port] = /127\.0\.0\.1:(\d+)/.exec(io.stdout.text) ?? [];
  expect((await sendHttp(Number(port))).status).toBe(200);
  io.send("SIGHUP");
  await until(() => io.stderr.text.includes('"reloaded"'), "it is reloaded", START_MS);
  io.send("SIGTTIN");
  await until(() => io.stderr.text.split("is ready").length === 4, "a second worker is ready", START_MS);
  const { workers } = JSON.parse(Buffer.concat(await connect({ path: stats }).toArray()).toString()) as {
    workers: { status: string }[];
  };
  expect(workers.map(({ status }) => status)).toEqual(["idle", "idle"]);
  io.send("SIGTTOU");
  io.stop();
  expect(await ended).toBe(0);
  expect(existsSync(stats)).toBe(false);
});

test("worker: its processes accept on the socket that it keeps", async () => {
  const folder = await AppFolder.create();
  const path = folder.file("s");
  const { io, ended } = await startCommand([
    "worker",
    folder.app,
    "-s",
    path,
    "-p",
    "2",
    "--watch",
    folder.path,
  ]);
  expect((await request({ type: "unix", path })).status).toBe(200);
  expect(io.stderr.text).toContain("watching for changes");
  io.stop();
  expect(await ended).toBe(0);
  expect(existsSync(path)).toBe(false);
});

test("front: with processes of its own", async () => {
  const folder = await AppFolder.create();
  const path = folder.file("s");
  await startCommand(["worker", folder.app, "-s", path]);
  const { io, ended } = await startCommand([
    "front",
    "--to",
    path,
    "--http",
    "127.0.0.1:0",
    "--processes",
    "1",
  ]);
  const [, port] = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(io.stdout.text) ?? [];
  expect((await sendHttp(Number(port))).status).toBe(200);
  io.stop();
  expect(await ended).toBe(0);
});

test("told to stop while it starts, it ends as if nothing had been", async () => {
  const folder = await AppFolder.create("await new Promise(() => setInterval(() => {}, 1000));");
  const io = new TestIo();
  const ended = main(["worker", folder.app, "-s", folder.file("s")], io);
  await until(() => io.stderr.text.includes("a worker process is started"), "it is started", START_MS);
  io.stop();
  expect(await ended).toBe(0);
});

test("an application that can not be loaded: exit code 3, and its error", async () => {
  const folder = await AppFolder.create("export const application = 5;");
  const io = new TestIo();
  expect(await main(["serve", folder.app, "--http", "127.0.0.1:0"], io)).toBe(3);
  expect(io.stderr.text).toMatch(/^uwsgi-bridge: the export application of .* \[UWB_ERR_APP_LOAD\]$/m);
});

test("statistics that can not be served: exit code 4, and nothing goes on serving", async () => {
  const folder = await AppFolder.create();
  const [path, stats] = [folder.file("s"), folder.file("stats")];
  const other = createServer().listen(stats);
  onTestFinished(() => void other.close());
  await once(other, "listening");
  const io = new TestIo();
  expect(await main(["worker", folder.app, "-s", path, "--stats", stats], io)).toBe(4);
  expect(io.stderr.text).toContain("UWB_ERR_SOCKET_IN_USE");
  expect(existsSync(path)).toBe(false);
});

test("0 processes are for the worker alone", async () => {
  const io = new TestIo();
  expect(await main(["serve", "app.ts", "-p", "0"], io)).toBe(2);
  expect(io.stderr.text).toContain("0 processes can not serve");
});
