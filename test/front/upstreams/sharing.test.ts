import { describe, expect, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import { BalancedFront, times } from "../../support/balanced-front.ts";
import { startRequest } from "../../support/http-client.ts";
import { MoodyWorker } from "../../support/moody-worker.ts";
import { startTalker, upgradeRequest } from "../../support/tunnels.ts";
import { until } from "../../support/wait.ts";

const PATIENT = { lb: "least-conn", readTimeoutMs: 60_000 } as const;

/** Servers `a`, `b`, ..., each with what is said behind its address. */
async function startServers(parts: readonly string[], options: Partial<FrontOptions> = {}) {
  const workers: MoodyWorker[] = [];
  for (const [index] of parts.entries()) workers.push(await MoodyWorker.start("abc"[index] ?? ""));
  const to = workers.map((worker, index) => worker.to + (parts[index] ?? ""));
  return { front: await BalancedFront.start({ to, ...PATIENT, ...options }), workers };
}

/** Requests that each server works on or lets wait. */
function loads({ front }: BalancedFront): number[] {
  return front.stats().upstreams.map(({ busy, waiting }) => busy + waiting);
}

function hang(workers: readonly MoodyWorker[]): void {
  for (const worker of workers) worker.mood = "hangs";
}

async function loadsWith(count: number, parts: readonly string[]): Promise<number[]> {
  const { front, workers } = await startServers(parts);
  hang(workers);
  const open = Array.from({ length: count }, () => front.get());
  await until(() => loads(front).reduce((sum, load) => sum + load) === count, "all are sent on");
  const seen = loads(front);
  for (const worker of workers) worker.relent();
  await Promise.all(open);
  return seen;
}

test.each([
  ["equal servers", 6, ["", ""], [3, 3]],
  ["a weight of 2", 6, [";weight=2", ""], [4, 2]],
  ["a backup stands by", 4, ["", "", ";backup"], [2, 2, 0]],
  ["a backup takes what is too much", 4, [";max-conns=1", ";max-conns=2", ";backup"], [1, 2, 1]],
  ["requests wait when all have enough", 6, [";max-conns=2", ";max-conns=1"], [3, 3]],
  ["a draining server gets none", 4, ["", ";drain", ""], [2, 0, 2]],
] as const)("%s", async (_what, count, parts, expected) => {
  expect(await loadsWith(count, parts)).toEqual(expected);
});

test("with max-conns a server never works on more, and all requests are answered", async () => {
  const { front, workers } = await startServers([";max-conns=2"]);
  hang(workers);
  const open = Array.from({ length: 5 }, () => front.get());
  await until(() => loads(front)[0] === 5, "all have come");
  expect([workers[0]?.paths.length, workers[0]?.connections]).toEqual([2, 2]);
  workers[0]?.relent();
  expect((await Promise.all(open)).map(({ text }) => text)).toEqual(times(5, "a"));
});

test("a client that sends his body slowly keeps no server busy", async () => {
  const { front, workers } = await startServers([";max-conns=1", ";max-conns=1"]);
  const slow = startRequest(front.port, {
    method: "POST",
    headers: [["Content-Length", "8"]],
  });
  slow.on("error", () => undefined);
  await until(() => front.front.stats().openRequests === 1, "his request is here");
  hang(workers);
  const others = [front.get(), front.get()];
  await until(() => workers.every(({ paths }) => paths.length === 1), "both servers are asked");
  for (const worker of workers) worker.relent();
  expect((await Promise.all(others)).map(({ text }) => text).sort()).toEqual(["a", "b"]);
  slow.destroy();
});

test("a WebSocket counts as long as it is open", async () => {
  const { front, workers } = await startServers(["", ""], { upgrade: true });
  for (const worker of workers) worker.mood = "switches";
  const endpoint = { type: "tcp", host: "127.0.0.1", port: front.port } as const;
  const first = startTalker(endpoint, upgradeRequest("chat"));
  await first.untilHeard("101");
  const busy = workers.findIndex(({ paths }) => paths.length === 1);
  for (const worker of workers) worker.mood = 200;
  const idle = busy === 0 ? "b" : "a";
  expect(await front.seen(4)).toEqual(times(4, idle));
  first.socket.destroy();
  await until(() => front.front.stats().tunnels === 0, "it is closed");
  await until(() => workers.every(({ connections }) => connections === 0), "the worker has heard of it");
  expect(new Set(await front.seen(4))).toEqual(new Set(["a", "b"]));
});

describe("sticky", () => {
  const sticky = { lb: "sticky", readTimeoutMs: 200, failTimeoutMs: 60_000 } as const;

  /** Like a browser: brings the cookie along. */
  async function browse(front: BalancedFront, cookie: string | undefined) {
    const headers = cookie === undefined ? [] : ([["Cookie", `x=y; ${cookie}`]] as const);
    const response = await front.get({ headers });
    return { text: response.text, set: response.header("set-cookie") };
  }

  test("a client is told its server once, and comes back", async () => {
    const { front } = await startServers(["", "", ""], sticky);
    const first = await browse(front, undefined);
    expect(first.set).toMatch(/^uwsgi_bridge_server=[\w-]{12}; Path=\/; HttpOnly; SameSite=Lax$/);
    const cookie = first.set?.split(";")[0];
    for (let count = 0; count < 5; count += 1)
      expect(await browse(front, cookie)).toEqual({ text: first.text, set: undefined });
  });

  test("new clients are spread, and the name of a server holds after a restart", async () => {
    const { front, workers } = await startServers(["", ""], sticky);
    const [one, two] = [await browse(front, undefined), await browse(front, undefined)];
    expect(new Set([one.text, two.text])).toEqual(new Set(["a", "b"]));
    const to = workers.map((worker) => worker.to).reverse();
    const restarted = await BalancedFront.start({ to, ...sticky });
    for (const { text, set } of [one, two])
      expect(await browse(restarted, set?.split(";")[0])).toEqual({ text, set: undefined });
  });

  test("a client whose server is down gets another one, and is told so", async () => {
    const { front, workers } = await startServers(["", ""], sticky);
    const first = await browse(front, undefined);
    workers.find(({ name }) => name === first.text)?.die();
    const second = await browse(front, first.set?.split(";")[0]);
    expect(second.text).not.toBe(first.text);
    expect(second.set).toMatch(/^uwsgi_bridge_server=/);
    expect(second.set).not.toBe(first.set);
    expect((await browse(front, second.set?.split(";")[0])).set).toBeUndefined();
  });

  test("a draining server keeps its clients, and gets no new ones", async () => {
    const { front, workers } = await startServers(["", ""], sticky);
    const first = await browse(front, undefined);
    const to = workers.map(({ name, to: at }) => (name === first.text ? `${at};drain` : at));
    const draining = await BalancedFront.start({ to, ...sticky });
    expect((await browse(draining, first.set?.split(";")[0])).text).toBe(first.text);
    for (let count = 0; count < 4; count += 1)
      expect((await browse(draining, undefined)).text).not.toBe(first.text);
  });

  test("a cookie that names nobody is replaced", async () => {
    const { front } = await startServers(["", ""], sticky);
    const { set } = await browse(front, "uwsgi_bridge_server=nobody");
    expect(set).toMatch(/^uwsgi_bridge_server=[\w-]{12};/);
  });
});
