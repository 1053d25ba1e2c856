import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { request } from "../../src/client/request.ts";
import { sendHttp } from "../support/http-client.ts";
import { isAlive, untilGone } from "../support/logged-program.ts";
import { answerOf, appSource } from "../support/token-app.ts";
import { until } from "../support/wait.ts";
import { AppFolder, SupervisedProgram, startServe, startWorkers } from "./supervised.ts";

describe("a process that dies", () => {
  test("is replaced, and the others serve on meanwhile", async () => {
    const served = await startServe(await AppFolder.create(), ["-p", "2"]);
    const [first = 0] = served.workerPids();
    process.kill(first, "SIGKILL");
    await untilGone(first);
    const { status, text } = await sendHttp(served.port);
    expect(status).toBe(200);
    expect(answerOf(text).pid).not.toBe(first);
    await served.logged("a worker process is ready", 3);
    const [line] = await served.logged("has died and is started again");
    expect(line).toMatchObject({ worker: 1, reason: "it ended by SIGKILL" });
  });

  test("again and again is started less and less often, and named once", async () => {
    const folder = await AppFolder.create("");
    await folder.write("setTimeout(() => process.exit(9), 20); export const application = () => [];");
    const workers = new SupervisedProgram([
      "worker",
      folder.app,
      "-s",
      folder.file("s"),
      "--log-level",
      "debug",
    ]);
    const lines = await workers.logged("has died and is started again", 3);
    expect(lines.map(({ retryInMs }) => retryInMs)).toEqual([0, 1000, 2000]);
    expect(lines.map(({ level }) => level)).toEqual([50, 20, 20]);
  });

  test("and can not be started again: clients are refused at once, and served again as soon as it can", async () => {
    const folder = await AppFolder.create();
    const served = await startServe(folder, ["-p", "1"]);
    await folder.write("export const application = ;");
    process.kill(served.workerPids()[0] ?? 0, "SIGKILL");
    const [line] = await served.logged("can not be started");
    expect(line?.["reason"]).toContain("SyntaxError");
    const [, socket = ""] = /worker listens on unix:(\S+?)"/.exec(served.program.stderr) ?? [];
    await until(() => !existsSync(socket), "the socket is withdrawn");
    expect(await sendHttp(served.port)).toMatchObject({
      status: 503,
      text: expect.stringContaining("UWB_ERR_UPSTREAM_CONNECT"),
    });
    await folder.write(appSource("two"));
    await served.signal("SIGHUP");
    await until(() => existsSync(socket), "the socket is published again", 15_000);
    expect(answerOf((await sendHttp(served.port)).text).version).toBe("two");
  });

  test("takes only its own requests with it", async () => {
    const workers = await startWorkers(await AppFolder.create(), ["-p", "1"]);
    const target = { type: "unix", path: workers.socket } as const;
    await expect(request(target, { path: "/die" })).rejects.toMatchObject({
      code: "UWB_ERR_UPSTREAM_CLOSED",
    });
    // Whoever comes before the successor is ready waits in the queue of the socket.
    expect((await request(target)).status).toBe(200);
    expect(existsSync(workers.socket)).toBe(true);
  });
});

test("an application that can not be loaded: its error once, and exit code 3", async () => {
  const folder = await AppFolder.create("export const application = 5;");
  const supervised = new SupervisedProgram(["worker", folder.app, "-p", "2", "-s", folder.file("s")]);
  await supervised.program.untilOutput(/guard: exit code 3/);
  expect(supervised.program.stderr.match(/UWB_ERR_APP_LOAD/g)).toHaveLength(1);
  expect(supervised.program.stderr).toMatch(
    /^uwsgi-bridge: .*app\.mjs.*application.*\[UWB_ERR_APP_LOAD\]$/ms,
  );
  expect(existsSync(folder.file("s"))).toBe(false);
});

test("an address that is taken: exit code 4", async () => {
  const folder = await AppFolder.create();
  const first = await startServe(folder, ["-p", "1"]);
  for (const args of [
    ["worker", folder.app, "-s"],
    ["serve", folder.app, "-b"],
  ]) {
    const second = new SupervisedProgram([...args, `127.0.0.1:${first.port}`]);
    await second.program.untilOutput(/guard: exit code 4/);
    expect(second.program.stderr).toContain("[UWB_ERR_SOCKET_IN_USE]");
  }
});

test("TTIN starts a process, TTOU ends one, and never the last", async () => {
  const served = await startServe(await AppFolder.create(), ["-p", "1"]);
  await served.signal("SIGTTIN");
  await served.logged("a worker process is ready", 2);
  const [first = 0, second = 0] = served.workerPids();
  await served.signal("SIGTTOU");
  await untilGone(second);
  await served.signal("SIGTTOU");
  expect(answerOf((await sendHttp(served.port)).text).pid).toBe(first);
});

test("--max-requests replaces a process without losing a request", async () => {
  const served = await startServe(await AppFolder.create(), [
    "-p",
    "1",
    "--max-requests",
    "20",
    "--max-requests-jitter",
    "0",
  ]);
  const pids = new Set<number>();
  while (pids.size < 3) {
    const { status, text } = await sendHttp(served.port);
    expect(status).toBe(200);
    pids.add(answerOf(text).pid);
  }
  expect(served.linesAbout("a worker process is replaced")[0]?.["reason"]).toMatch(
    /^it has answered \d+ requests$/,
  );
});

test("SIGTERM to a worker process: it is replaced first", async () => {
  const served = await startServe(await AppFolder.create(), ["-p", "1"]);
  const [first = 0] = served.workerPids();
  process.kill(first, "SIGTERM");
  await untilGone(first);
  expect(answerOf((await sendHttp(served.port)).text).pid).not.toBe(first);
  expect(served.linesAbout("has died")).toEqual([]);
});

describe("stopping", () => {
  test("finishes what was begun, ends all processes, and takes the socket away", async () => {
    const workers = await startWorkers(await AppFolder.create(), ["-p", "2"]);
    const slow = request({ type: "unix", path: workers.socket }, { path: "/slow" });
    await new Promise((resolve) => setTimeout(resolve, 200));
    await workers.signal("SIGTERM");
    expect((await slow).status).toBe(200);
    await workers.program.untilOutput(/guard: exit code 0/);
    expect(workers.workerPids().filter(isAlive)).toEqual([]);
    expect(existsSync(workers.socket)).toBe(false);
  });

  test("a second signal ends at once, whatever is in progress", async () => {
    const served = await startServe(await AppFolder.create(), ["-p", "1"]);
    const hanging = sendHttp(served.port, { path: "/hang" });
    await served.program.untilOutput(/hanging/);
    await served.signal("SIGTERM");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(isAlive(await served.pid())).toBe(true);
    await served.signal("SIGTERM");
    await served.program.untilOutput(/guard: exit code 0/);
    expect(await hanging.then(({ status }) => status).catch(() => "cut")).not.toBe(200);
  });

  test("Ctrl-C reaches every process of the group: nothing is lost all the same", async () => {
    const served = await startServe(await AppFolder.create(), ["-p", "1"]);
    const slow = sendHttp(served.port, { path: "/slow" });
    await new Promise((resolve) => setTimeout(resolve, 200));
    for (const pid of [...served.workerPids(), await served.pid()]) process.kill(pid, "SIGINT");
    expect((await slow).status).toBe(200);
    await served.program.untilOutput(/guard: exit code 0/);
  });

  test("during the start", async () => {
    const folder = await AppFolder.create();
    await folder.write(
      "console.log('loading'); await new Promise((r) => setTimeout(r, 60000)); export const application = 1;",
    );
    const supervised = new SupervisedProgram(["serve", folder.app, "-p", "1"]);
    await supervised.program.untilOutput(/loading/);
    await supervised.signal("SIGTERM");
    await supervised.program.untilOutput(/guard: exit code 0/);
  });
});

test("without their supervisor, worker processes finish what they have begun, and end", async () => {
  const folder = await AppFolder.create();
  const target = { type: "unix", path: folder.file("s") } as const;
  // Without the guard of other tests, which would end them.
  const args = ["bin/uwsgi-bridge.js", "worker", folder.app, "-p", "2", "-s", target.path];
  const supervisor = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  const pids = new Set<number>();
  let log = "";
  supervisor.stderr.on("data", (bytes: Buffer) => {
    log += bytes.toString();
    for (const [, pid] of log.matchAll(/"workerPid":(\d+)/g)) pids.add(Number(pid));
  });
  onTestFinished(() => {
    for (const pid of pids) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  await until(() => existsSync(target.path), "the socket is there");
  const slow = request(target, { path: "/slow" });
  await new Promise((resolve) => setTimeout(resolve, 200));
  supervisor.kill("SIGKILL");
  expect((await slow).status).toBe(200);
  expect(pids.size).toBe(2);
  for (const pid of pids) await untilGone(pid);
});

test("--processes 0 runs without a supervisor", async () => {
  const workers = await startWorkers(await AppFolder.create(), ["-p", "0"]);
  const response = await request({ type: "unix", path: workers.socket });
  const { pid } = answerOf(Buffer.concat(await response.body.toArray()).toString());
  expect(workers.linesAbout("worker listens on")[0]?.pid).toBe(pid);
  expect(workers.workerPids()).toEqual([]);
});

test("a boot that takes too long is given up", async () => {
  const folder = await AppFolder.create();
  await writeFile(
    folder.app,
    "await new Promise((r) => setTimeout(r, 60000)); export const application = 1;",
  );
  const supervised = new SupervisedProgram([
    "worker",
    folder.app,
    "-s",
    folder.file("s"),
    "--worker-boot-timeout",
    "500ms",
  ]);
  await supervised.program.untilOutput(/it was not ready within 500 ms/);
  await supervised.program.untilOutput(/guard: exit code [1-9]/);
});
