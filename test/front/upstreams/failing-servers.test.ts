import { describe, expect, test } from "vitest";
import type { FrontOptions } from "../../../src/front/options.ts";
import { BalancedFront, times } from "../../support/balanced-front.ts";
import { startRequest } from "../../support/http-client.ts";
import { type Mood, MoodyWorker } from "../../support/moody-worker.ts";
import { sleep, until } from "../../support/wait.ts";

const POST = { body: Buffer.from("body") };

/** A good and a bad server, and a front that tries them in turn. */
async function startPair(options: Partial<FrontOptions> = {}) {
  const [good, bad] = [await MoodyWorker.start("good"), await MoodyWorker.start("bad")];
  return { good, bad, front: await BalancedFront.start({ to: [good.to, bad.to], ...options }) };
}

describe("clients see nothing of a server that", () => {
  test.each<[string, Mood | "dies", number]>([
    ["dies", "dies", 0],
    ["hangs", "hangs", 3],
    ["closes without an answer", "closes", 3],
  ])("%s: it is asked three times, and then not any more", async (_what, mood, asked) => {
    const { bad, front } = await startPair();
    if (mood === "dies") bad.die();
    else bad.mood = mood;
    expect(await front.seen(12)).toEqual(times(12, "good"));
    expect(bad.paths.length).toBe(asked);
    expect(front.states).toBe("up 0, down 3");
    expect(front.verdicts).toEqual(["a server is down"]);
  });
});

describe("what may have run fails, and three times at most", () => {
  test.each([
    ["a POST to one that hangs", "hangs", POST, "504"],
    ["a POST to one that closes", "closes", POST, "502"],
    ["a GET to one that answers garbage", "garbage", {}, "502"],
    ["a POST to one that answers garbage", "garbage", POST, "502"],
    ["a GET to one whose answers break off", "cuts", {}, "502"],
  ] as const)("%s", async (_what, mood, request, status) => {
    const { bad, front } = await startPair();
    bad.mood = mood;
    const pairs = ["good", status, "good", status, "good", status];
    expect(await front.seen(10, request)).toEqual([...pairs, ...times(4, "good")]);
    expect(bad.paths.length).toBe(3);
    expect(front.states).toBe("up 0, down 3");
  });
});

describe("a server that was down", () => {
  test("is found by a request when it is back, and gets its share again", async () => {
    const { bad, front } = await startPair({ failTimeoutMs: 300 });
    bad.mood = "hangs";
    await front.seen(6);
    expect(front.states).toBe("up 0, down 3");
    bad.mood = 200;
    await sleep(350);
    expect(await front.seen(2)).toContain("bad");
    expect(front.states).toBe("up 0, up 0");
    expect((await front.seen(10)).filter((name) => name === "bad").length).toBe(5);
    expect(front.verdicts).toEqual(["a server is down", "a server is up again"]);
  });

  test("is tried by one request at a time", async () => {
    const { bad, front } = await startPair({ failTimeoutMs: 100, readTimeoutMs: 400 });
    bad.mood = "hangs";
    await front.seen(6);
    await sleep(150);
    const answers = await Promise.all(times(20, "").map(() => front.get()));
    expect(answers.map(({ text }) => text)).toEqual(times(20, "good"));
    expect(bad.paths.length).toBe(4);
    expect(front.states).toBe("up 0, down 4");
    expect(front.verdicts).toEqual(["a server is down"]);
  });

  test("is tried by the next request when the client of the first one leaves", async () => {
    const { bad, front } = await startPair({ failTimeoutMs: 100, readTimeoutMs: 200 });
    bad.mood = "hangs";
    await front.seen(6);
    await sleep(150);
    const leaving = [startRequest(front.port), startRequest(front.port)];
    for (const outgoing of leaving) outgoing.on("error", () => undefined);
    await until(() => bad.paths.length === 4, "one of them tries the server");
    for (const outgoing of leaving) outgoing.destroy();
    bad.mood = 200;
    await until(() => front.front.stats().openRequests === 0, "the front has noticed");
    expect(await front.seen(2)).toContain("bad");
  });

  test("gets its weight bit by bit, with a slow start", async () => {
    const { bad, front } = await startPair({ failTimeoutMs: 100, slowStartMs: 600_000 });
    bad.die();
    await front.seen(6);
    await bad.live();
    await sleep(150);
    await front.seen(2);
    expect(front.states).toBe("up 0, up 0");
    const share = (await front.seen(100)).filter((name) => name === "bad").length;
    expect(share).toBeLessThanOrEqual(5);
  });
});

test("clients that leave are no failures", async () => {
  const { good, bad, front } = await startPair({ readTimeoutMs: 60_000 });
  good.mood = "hangs";
  bad.mood = "hangs";
  for (let count = 0; count < 8; count += 1) {
    const outgoing = startRequest(front.port);
    outgoing.on("error", () => undefined);
    await until(() => good.paths.length + bad.paths.length > count, "the request has arrived");
    outgoing.destroy();
  }
  await until(() => front.front.stats().openRequests === 0, "the front has noticed");
  expect(front.states).toBe("up 0, up 0");
});

test("when all are down they are all tried, and the one that answers is up", async () => {
  const { good, bad, front } = await startPair();
  good.die();
  bad.die();
  expect(await front.seen(8)).toEqual(times(8, "503"));
  expect(front.states).toMatch(/^down \d+, down \d+$/);
  await good.live();
  expect(await front.seen(4)).toEqual(times(4, "good"));
  expect(front.states).toMatch(/^up 0, down \d+$/);
});

test("the only server is tried although it is down, and its state is told", async () => {
  const { good, front } = await startPair().then(async ({ good: only }) => ({
    good: only,
    front: await BalancedFront.start({ to: [only.to] }),
  }));
  good.die();
  expect(await front.seen(4)).toEqual(times(4, "503"));
  expect(front.states).toBe("down 4");
  await good.live();
  expect(await front.seen(2)).toEqual(times(2, "good"));
  expect(front.states).toBe("up 0");
  expect(front.verdicts).toEqual(["a server is down", "a server is up again"]);
});
