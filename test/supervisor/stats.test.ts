import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import type { ChildReport } from "../../src/supervisor/messages.ts";
import { NO_REPORT } from "../../src/supervisor/messages.ts";
import { startStatsServer } from "../../src/supervisor/stats-server.ts";
import { WorkerTallies } from "../../src/supervisor/tallies.ts";
import { uwsgiStats } from "../../src/supervisor/uwsgi-stats.ts";
import { anyPort } from "../support/endpoints.ts";
import { sendHttp } from "../support/http-client.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { AppFolder, startServe } from "./supervised.ts";

const report = (changes: Partial<ChildReport>): ChildReport => ({ ...NO_REPORT, ...changes });

interface Stats {
  readonly workers: readonly {
    readonly id: number;
    readonly pid: number;
    readonly requests: number;
    readonly respawn_count: number;
    readonly status: string;
    readonly tx: number;
    readonly rss: number;
    readonly vsz: number;
  }[];
}

describe("tallies", () => {
  test("what a process had done when it ended stays counted", () => {
    const tallies = new WorkerTallies();
    tallies.started({ id: 1, worker: 1, pid: 11 });
    tallies.ready(1);
    tallies.report(1, report({ requests: 10, exceptions: 1, sentBytes: 100, answerMs: 5 }));
    tallies.ended(1);
    expect(tallies.all()).toMatchObject([{ worker: 1, pid: 0, isServing: false, requests: 10, respawns: 0 }]);
    tallies.started({ id: 2, worker: 1, pid: 12 });
    tallies.ready(2);
    tallies.report(2, report({ requests: 5, sentBytes: 50, answerMs: 1 }));
    expect(tallies.all()).toMatchObject([
      { pid: 12, isServing: true, requests: 15, exceptions: 1, sentBytes: 150, answerMs: 6, respawns: 1 },
    ]);
  });

  test("while one follows another both count, and the one that serves is the worker", () => {
    const tallies = new WorkerTallies();
    tallies.started({ id: 1, worker: 1, pid: 11 });
    tallies.ready(1);
    tallies.report(1, report({ requests: 10 }));
    tallies.started({ id: 2, worker: 1, pid: 12 });
    expect(tallies.all()).toMatchObject([{ pid: 11, requests: 10 }]);
    tallies.ready(2);
    tallies.report(1, report({ requests: 11 }));
    tallies.report(2, report({ requests: 1, runningRequests: 1 }));
    expect(tallies.all()).toMatchObject([{ pid: 12, requests: 12, current: { requests: 1 } }]);
  });
});

test("the shape is that of uWSGI", () => {
  const tallies = new WorkerTallies();
  tallies.started({ id: 1, worker: 1, pid: 11 });
  tallies.ready(1);
  tallies.report(
    1,
    report({ requests: 4, runningRequests: 2, answerMs: 6, exceptions: 1, sentBytes: 9, rssBytes: 7 }),
  );
  tallies.started({ id: 2, worker: 2, pid: 12 });
  const host = { version: "1", pid: 1, uid: 2, gid: 3, cwd: "/c", app: "app.ts" };
  const sockets = [{ name: "127.0.0.1:3031", queue: 5, maxQueue: 1024 }];
  const stats = uwsgiStats({ ...host, sockets, listenQueueErrors: 6 }, tallies.all(), {
    now: Date.now(),
    vszOf: (pid) => pid * 100,
  });
  expect(stats).toMatchObject({
    version: "1",
    listen_queue: 5,
    listen_queue_errors: 6,
    load: 2,
    pid: 1,
    uid: 2,
    gid: 3,
    cwd: "/c",
    sockets: [
      { name: "127.0.0.1:3031", proto: "uwsgi", queue: 5, max_queue: 1024, shared: 1, can_offload: 0 },
    ],
    workers: [
      {
        id: 1,
        pid: 11,
        accepting: 1,
        requests: 4,
        delta_requests: 4,
        exceptions: 1,
        harakiri_count: 0,
        status: "busy",
        rss: 7,
        vsz: 1100,
        running_time: 6000,
        avg_rt: 1500,
        tx: 9,
        respawn_count: 1,
        apps: [{ id: 0, modifier1: 0, mountpoint: "", requests: 4, exceptions: 1 }],
        cores: [
          { id: 0, requests: 4, in_request: 1 },
          { id: 1, requests: 0, in_request: 1 },
        ],
      },
      {
        id: 2,
        pid: 12,
        accepting: 0,
        status: "cheap",
        requests: 0,
        avg_rt: 0,
        cores: [{ id: 0, in_request: 0 }],
      },
    ],
  });
});

describe("the server", () => {
  test.each([
    { alwaysHttp: false, sends: "", heard: '{\n "a": 1\n}' },
    { alwaysHttp: false, sends: "anything", heard: '{\n "a": 1\n}' },
    { alwaysHttp: false, sends: "GET / HTTP/1.0\r\n\r\n", heard: "HTTP/1.1 200 OK" },
    { alwaysHttp: true, sends: "", heard: "HTTP/1.1 200 OK" },
  ])("with HTTP always: $alwaysHttp; $sends", async ({ alwaysHttp, sends, heard }) => {
    const server = await startStatsServer(anyPort, {
      stats: () => Promise.resolve({ a: 1 }),
      alwaysHttp,
      listen: {},
      log: new RecordingLog(),
    });
    const port = server.endpoint.type === "tcp" ? server.endpoint.port : 0;
    const socket = connect({ port, host: "127.0.0.1" });
    socket.write(sends);
    const text = Buffer.concat(await socket.toArray()).toString();
    expect(text.startsWith(heard)).toBe(true);
    if (heard.startsWith("HTTP")) expect(text).toMatch(/Content-Length: 11\r\n[^{]*\r\n\r\n\{\n "a": 1\n\}$/);
    await server.close();
  });
});

test("--stats: totals never go backwards, over deaths and reloads", async () => {
  const folder = await AppFolder.create();
  const served = await startServe(folder, ["-p", "2", "--stats", `unix:${folder.file("stats")}`]);
  const read = async (): Promise<Stats> => {
    const socket = connect({ path: folder.file("stats") });
    return JSON.parse(Buffer.concat(await socket.toArray()).toString()) as Stats;
  };
  const total = ({ workers }: Stats): number => workers.reduce((sum, { requests }) => sum + requests, 0);
  const totalOf = async (expected: number): Promise<Stats> => {
    for (let turn = 0; turn < 200; turn += 1) {
      const stats = await read();
      if (total(stats) === expected) return stats;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the total is ${total(await read())}, not ${expected}`);
  };
  for (let count = 0; count < 20; count += 1) await sendHttp(served.port);
  await totalOf(20);
  // Memory comes with the first report of a process, a second after its start.
  let first = await read();
  for (let turn = 0; turn < 200 && first.workers.some(({ rss }) => rss === 0); turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    first = await read();
  }
  expect(first.workers.map(({ id }) => id)).toEqual([1, 2]);
  expect(first.workers.every(({ status, rss, vsz }) => status === "idle" && rss > 1e7 && vsz > rss)).toBe(
    true,
  );
  await served.signal("SIGHUP");
  await served.logged("reloaded");
  expect(total(await read())).toBe(20);
  for (let count = 0; count < 10; count += 1) await sendHttp(served.port);
  const second = await totalOf(30);
  process.kill(second.workers[0]?.pid ?? 0, "SIGKILL");
  await served.logged("a worker process is ready", 5);
  const third = await read();
  expect(total(third)).toBe(30);
  expect(third.workers.map(({ respawn_count }) => respawn_count)).toEqual([3, 2]);
});
