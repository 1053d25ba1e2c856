import { expect, test } from "vitest";
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { formatEndpoint } from "../../../src/net/endpoint.ts";
import { AppFolder, SupervisedProgram } from "../../supervisor/supervised.ts";
import { startScriptedWorker } from "../../support/fronts.ts";
import { untilGone } from "../../support/logged-program.ts";
import { sleep, until } from "../../support/wait.ts";
import { crowdFrom, getFrom, talkFrom } from "./local-clients.ts";

const GET = "GET /x HTTP/1.1\r\nHost: a.test\r\n\r\n";
const PAGE = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
const SECOND_MS = 1000;

/** Front processes that serve a file, or pass on. */
async function startFronts(processes: number, ...args: readonly string[]) {
  const folder = await AppFolder.create();
  const files = args.includes("--to") ? [] : ["--static-map", `/=${folder.path}`];
  const all = ["--http", "127.0.0.1:0", "--processes", String(processes), ...files, ...args];
  const program = new SupervisedProgram(["front", ...all]);
  const endpoint: Endpoint = { type: "tcp", host: "127.0.0.1", port: await program.httpPort() };
  return { program, endpoint };
}

test("four processes together let no more through than one would", async () => {
  const { program, endpoint } = await startFronts(4, "--limit-req", "50/s:10");
  const startedAt = performance.now();
  let accepted = 0;
  let refused = 0;
  const ask = async (until: number): Promise<void> => {
    while (performance.now() < until) {
      const { status } = await getFrom("127.0.0.2", endpoint, "/app.mjs");
      if (status === 200) accepted += 1;
      else refused += 1;
      await sleep(10);
    }
  };
  await Promise.all(Array.from({ length: 8 }, () => ask(startedAt + 8 * SECOND_MS)));
  const seconds = (performance.now() - startedAt) / SECOND_MS;
  const lines = program.linesAbout("requests of a client were refused: 429");
  expect(program.linesAbout("not limited")).toEqual([]);
  expect(accepted).toBeLessThanOrEqual(Math.floor(50 * seconds) + 11);
  expect(accepted).toBeGreaterThan(25 * seconds);
  expect(refused).toBeGreaterThan(0);
  // Several of them took part, and none wrote more than a line in a second.
  const pids = lines.map(({ pid }) => pid);
  expect(new Set(pids).size).toBeGreaterThan(1);
  for (const pid of pids) expect(pids.filter((other) => other === pid).length).toBeLessThan(seconds + 2);
}, 40_000);

test("a reload gives nobody a new burst", async () => {
  const { program, endpoint } = await startFronts(2, "--limit-req", "1/h:4");
  expect(await crowdFrom("127.0.0.2", endpoint, 3)).not.toContain(429);
  await program.signal("SIGHUP");
  await program.logged("a worker process is ready", 4);
  for (const pid of program.workerPids().slice(0, 2)) await untilGone(pid);
  const statuses = await crowdFrom("127.0.0.2", endpoint, 6);
  expect(statuses.filter((status) => status === 429)).toHaveLength(4);
});

test("what a process had in progress is over when it is killed", async () => {
  const worker = await startScriptedWorker(() => undefined);
  const to = formatEndpoint(worker.endpoint);
  const { program, endpoint } = await startFronts(2, "--to", to, "--limit-conn", "4");
  const held = Array.from({ length: 4 }, () => talkFrom("127.0.0.2", endpoint, GET));
  await until(() => worker.requests.length === 4, "four are in progress");
  expect((await getFrom("127.0.0.2", endpoint)).status).toBe(429);
  for (const pid of program.workerPids()) process.kill(pid, "SIGKILL");
  await program.logged("a worker process is ready", 4);
  for (const client of held) await client.untilEnd();
  const again = Array.from({ length: 4 }, () => getFrom("127.0.0.2", endpoint));
  await until(() => worker.requests.length === 8, "four more are in progress");
  for (const { socket } of worker.requests) socket.end(PAGE);
  expect((await Promise.all(again)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

test("while the supervisor does not answer, requests are served and a warning says so", async () => {
  const { program, endpoint } = await startFronts(2, "--limit-req", "1/h");
  expect(await crowdFrom("127.0.0.2", endpoint, 2)).toEqual([404, 429]);
  const pid = await program.pid();
  process.kill(pid, "SIGSTOP");
  try {
    expect(await crowdFrom("127.0.0.3", endpoint, 8)).not.toContain(429);
    await program.logged("requests are not limited");
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await expect
    .poll(async () => (await crowdFrom("127.0.0.4", endpoint, 8)).filter((status) => status === 429).length, {
      timeout: 10_000,
    })
    .toBeGreaterThanOrEqual(7);
});
