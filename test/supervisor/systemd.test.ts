import { chmod, readFile, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import {
  SystemdNotifier,
  watchdogIntervalMs,
  withoutSystemd,
} from "../../src/supervisor/systemd-notifier.ts";
import { systemdEndpoints, systemdSockets } from "../../src/supervisor/systemd-sockets.ts";
import { sendHttp } from "../support/http-client.ts";
import { freePort } from "../support/ports.ts";
import { startProgram } from "../support/process.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { answerOf } from "../support/token-app.ts";
import { AppFolder, startServe } from "./supervised.ts";

const two = { LISTEN_FDS: "2", LISTEN_PID: "7", LISTEN_FDNAMES: "web:admin" };

describe("sockets that systemd has opened", () => {
  test("start at descriptor 3, with their names", () => {
    expect(systemdSockets(two, 7)).toEqual([
      { fd: 3, name: "web" },
      { fd: 4, name: "admin" },
    ]);
  });

  test.each([
    ["of another process", two, 8],
    ["that are none", { ...two, LISTEN_FDS: "0" }, 7],
    ["without systemd", {}, 7],
  ])("%s are not ours", (_what, env, pid) => {
    expect(systemdSockets(env, pid)).toBeUndefined();
  });

  test.each([
    ["systemd", [3, 4]],
    ["systemd:admin", [4]],
  ])("%s", (text, fds) => {
    expect(systemdEndpoints(text, two, 7)).toEqual(fds.map((fd) => ({ type: "fd", fd })));
  });

  test.each(["127.0.0.1:80", "unix:/run/systemd", "fd://3", "systemdx"])("%s is another address", (text) => {
    expect(systemdEndpoints(text, two, 7)).toBeUndefined();
  });

  test.each([
    ["systemd:other", two, 7, "systemd has opened sockets named web, admin"],
    ["systemd", {}, 7, "LISTEN_FDS is not set"],
    ["systemd", two, 8, "are for another process"],
  ])("%s that is not there: the error says why", (text, env, pid, why) => {
    expect(() => systemdEndpoints(text, env, pid)).toThrow(why);
  });
});

test("the watchdog is told twice as often as it asks for", () => {
  expect(watchdogIntervalMs({ WATCHDOG_USEC: "30000000" }, 7)).toBe(15_000);
  expect(watchdogIntervalMs({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "7" }, 7)).toBe(15_000);
  expect(watchdogIntervalMs({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "8" }, 7)).toBeUndefined();
  expect(watchdogIntervalMs({}, 7)).toBeUndefined();
});

test("what systemd says to the supervisor is not handed on to its processes", () => {
  const env = { ...two, NOTIFY_SOCKET: "/n", WATCHDOG_USEC: "1", WATCHDOG_PID: "1", PATH: "/bin" };
  expect(withoutSystemd(env)).toEqual({ PATH: "/bin" });
});

test("that systemd can not be told anything is logged once", async () => {
  const log = new RecordingLog();
  const notifier = new SystemdNotifier({ NOTIFY_SOCKET: "/n", PATH: "/nowhere" }, 7, log);
  notifier.ready();
  notifier.stopping();
  await notifier.close();
  expect(log.lines.map(({ message }) => message)).toEqual([
    "systemd could not be notified: is systemd-notify installed?",
  ]);
});

test("READY, RELOADING and STOPPING are told in their order, and the watchdog meanwhile", async () => {
  const folder = await AppFolder.create();
  const told = folder.file("told");
  // In the place of the real one, which talks to a systemd that is not there.
  await writeFile(folder.file("systemd-notify"), `#!/bin/sh\necho "$@" >> ${told}\n`);
  await chmod(folder.file("systemd-notify"), 0o755);
  const served = await startServe(folder, ["-p", "1"], {
    PATH: `${folder.path}:${process.env["PATH"]}`,
    NOTIFY_SOCKET: "/run/systemd/notify",
    WATCHDOG_USEC: "400000",
  });
  const lines = async (): Promise<string[]> => (await readFile(told, "utf8").catch(() => "")).split("\n");
  await untilTold(lines, /^READY=1 STATUS=serving$/);
  await untilTold(lines, /^WATCHDOG=1$/);
  await served.signal("SIGHUP");
  await served.logged("reloaded");
  await untilTold(lines, /^RELOADING=1 MONOTONIC_USEC=\d+ STATUS=reloading$/);
  await served.signal("SIGTERM");
  await served.program.untilOutput(/guard: exit code 0/);
  const states = (await lines()).map((line) => line.split("=")[0]).filter((state) => state !== "WATCHDOG");
  expect(states).toEqual(["READY", "RELOADING", "READY", "STOPPING", ""]);
});

test("socket activation: serves on the socket that was opened before it was started", async () => {
  const folder = await AppFolder.create();
  const port = await freePort();
  const command = [
    process.execPath,
    "bin/uwsgi-bridge.js",
    "serve",
    folder.app,
    "-p",
    "2",
    "--http",
    "systemd",
  ];
  const program = startProgram("systemd-socket-activate", ["-l", `127.0.0.1:${port}`, ...command]);
  await program.untilOutput(/Listening on/).catch(() => undefined);
  // It is the first request that starts the service.
  const { status, text } = await sendHttp(port);
  expect({ status, ...answerOf(text) }).toMatchObject({ status: 200, version: "one" });
  await program.stop("SIGTERM");
}, 30_000);

async function untilTold(lines: () => Promise<string[]>, pattern: RegExp): Promise<void> {
  let found: string[] = [];
  const deadline = performance.now() + 15_000;
  while (!found.some((line) => pattern.test(line))) {
    if (performance.now() > deadline) throw new Error(`${pattern} was not told: ${found.join("|")}`);
    found = await lines();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
