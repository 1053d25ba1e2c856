import { describe, expect, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import { BalancedFront, times } from "../../support/balanced-front.ts";
import { MoodyWorker } from "../../support/moody-worker.ts";
import { until } from "../../support/wait.ts";

const POST = { body: Buffer.from("body") };

/** For servers that hang. With all others nobody is too slow: on a busy machine a moment is longer than this. */
const IMPATIENT = { readTimeoutMs: 200 };

/** Servers `a`, `b`, ... that are tried in turn. */
async function startServers(names: string, options: Partial<FrontOptions> = {}) {
  const workers: MoodyWorker[] = [];
  for (const name of names) workers.push(await MoodyWorker.start(name));
  const to = workers.map((worker) => worker.to);
  const front = await BalancedFront.start({ to, maxFails: 0, readTimeoutMs: 60_000, ...options });
  return { front, workers: workers as [MoodyWorker, MoodyWorker, MoodyWorker] };
}

const nextUpstream = ["error", "http_502", "http_404"] as const;

test.each([400, 404, 500, 502, 503, 504])("an answer %i is passed on, and no failure", async (status) => {
  const { front, workers } = await startServers("ab");
  workers[1].mood = status;
  expect(await front.seen(4)).toEqual(["a", String(status), "a", String(status)]);
  expect(front.states).toBe("up 0, up 0");
});

describe("a status that another server is asked for", () => {
  test("clients get the answer of the other, and the server is left out", async () => {
    const { front, workers } = await startServers("ab", { nextUpstream, maxFails: 3 });
    workers[1].mood = 502;
    expect(await front.seen(10)).toEqual(times(10, "a"));
    expect(workers[1].paths.length).toBe(3);
    expect(front.states).toBe("up 0, down 3");
    const again = front.log.lines.filter(({ message }) => message === "a request is sent again");
    expect(again.map(({ fields }) => fields["status"])).toEqual([502, 502, 502]);
  });

  test("what may have run gets the original answer", async () => {
    const { front, workers } = await startServers("ab", { nextUpstream });
    workers[1].mood = 502;
    const answers = [await front.get(POST), await front.get(POST)];
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [200, "a"],
      [502, "b"],
    ]);
    expect(workers[0].paths.length).toBe(1);
  });

  test("an answer that is passed on counts as a failure all the same", async () => {
    const { front, workers } = await startServers("ab", { nextUpstream, maxFails: 3 });
    workers[1].mood = 502;
    expect(await front.seen(8, POST)).toEqual(["a", "502", "a", "502", "a", "502", "a", "a"]);
    expect(front.states).toBe("up 0, down 3");
  });

  test("when all answer so, the last answer is passed on", async () => {
    const { front, workers } = await startServers("ab", { nextUpstream });
    for (const worker of workers) worker.mood = 502;
    const { status, text } = await front.get();
    expect([status, text]).toEqual([502, "b"]);
  });

  test("a page that is not there says nothing about the server", async () => {
    const { front, workers } = await startServers("ab", { nextUpstream });
    workers[1].mood = 404;
    expect(await front.seen(10)).toEqual(times(10, "a"));
    expect(front.states).toBe("up 0, up 0");
  });
});

describe("how often a request is sent", () => {
  test.each([
    [1, "504"],
    [2, "504"],
    [3, "c"],
  ])("at most %i times: %s", async (nextUpstreamTries, answer) => {
    const { front, workers } = await startServers("abc", { nextUpstreamTries, ...IMPATIENT });
    workers[0].mood = "hangs";
    workers[1].mood = "hangs";
    expect(await front.seen(1)).toEqual([answer]);
  });

  test("a server that can not be connected to does not count", async () => {
    const { front, workers } = await startServers("abc", { nextUpstreamTries: 1 });
    workers[0].die();
    workers[1].die();
    expect(await front.seen(3, POST)).toEqual(times(3, "c"));
  });

  test("a server that is silent is asked once, also when it is the only one", async () => {
    const { front, workers } = await startServers("a", IMPATIENT);
    workers[0].mood = "hangs";
    expect(await front.seen(1)).toEqual(["504"]);
    expect(workers[0].paths.length).toBe(1);
  });
});

test.each([
  [[], "dies", "503"],
  [["timeout"], "dies", "503"],
  [["timeout"], "closes", "502"],
  [["error"], "hangs", "504"],
  [["error"], "dies", "a"],
  [["error"], "closes", "a"],
  [["timeout"], "hangs", "a"],
] as const)("with causes %j a server that %s is %s", async (causes, mood, answer) => {
  const options = mood === "hangs" ? IMPATIENT : {};
  const { front, workers } = await startServers("ab", { nextUpstream: causes, ...options });
  if (mood === "dies") workers[1].die();
  else workers[1].mood = mood;
  expect(await front.seen(2)).toEqual(["a", answer]);
});

describe("a kept connection that ends in the moment it is used", () => {
  test("is replaced by a fresh one to the same server, and is no failure", async () => {
    const { front, workers } = await startServers("ab", { maxFails: 1, nextUpstream: [] });
    workers[0].mood = "keeps";
    expect(await front.seen(1)).toEqual(["a"]);
    await until(() => front.front.stats().upstreams[0]?.idle === 1, "the connection is kept");
    expect(await front.seen(2)).toEqual(["b", "a"]);
    expect(front.log.codes).toEqual(["UWB_ERR_UPSTREAM_CLOSED"]);
    expect(front.states).toBe("up 0, up 0");
  });

  test("with the close mark, another server is asked", async () => {
    const { front, workers } = await startServers("ab");
    workers[0].mood = "marks";
    expect(await front.seen(1)).toEqual(["a"]);
    await until(() => front.front.stats().upstreams[0]?.idle === 1, "the connection is kept");
    expect(await front.seen(2, POST)).toEqual(["b", "b"]);
    expect(front.log.codes).toEqual(["UWB_ERR_UPSTREAM_REFUSED"]);
    expect(front.states).toBe("up 0, up 0");
  });

  test("with the close mark, the same server is asked where requests belong to servers", async () => {
    const { front, workers } = await startServers("ab", { lb: "uri-hash" });
    workers[0].mood = "marks";
    const path = await pathOf(front, "a");
    await until(() => front.front.stats().upstreams[0]?.idle === 1, "the connection is kept");
    expect(await front.seen(1, { path, ...POST })).toEqual(["a"]);
    expect(front.log.codes).toEqual(["UWB_ERR_UPSTREAM_REFUSED"]);
  });
});

/** A path whose server is this one. */
async function pathOf(front: BalancedFront, name: string): Promise<string> {
  for (let count = 0; ; count += 1) {
    const path = `/${count}`;
    if ((await front.get({ path })).text === name) return path;
  }
}
