import { expect, test } from "vitest";
import { BalancedFront, times } from "../../support/balanced-front.ts";
import { type Mood, MoodyWorker } from "../../support/moody-worker.ts";
import { until } from "../../support/wait.ts";

const PATIENCE_MS = 15_000;
const CHECKS = { healthIntervalMs: 20, healthTimeoutMs: 1000, healthFails: 2, healthPasses: 2 };

test.each<[string, string, Mood | "dies"]>([
  ["whose page is a 500", "/up", 500],
  ["whose page is a 404", "/up", 404],
  ["that does not answer", "/up", "hangs"],
  ["that answers garbage", "/up", "garbage"],
  ["that can not be connected to", "/up", "dies"],
  ["that does not answer a ping", "uwsgi-ping", "hangs"],
  ["that can not be connected to for a ping", "uwsgi-ping", "dies"],
])("a server %s gets no requests, until it is well again", async (_what, healthUri, mood) => {
  const [a, b] = [await MoodyWorker.start("a"), await MoodyWorker.start("b")];
  const front = await BalancedFront.start({ to: [a.to, b.to], healthUri, ...CHECKS });
  expect(new Set(await front.seen(2))).toEqual(new Set(["a", "b"]));
  if (mood === "dies") b.die();
  else b.mood = mood;
  await until(() => front.states === "up 0, sick 0", "its checks have failed", PATIENCE_MS);
  expect(await front.seen(4)).toEqual(times(4, "a"));
  b.mood = 200;
  if (mood === "dies") await b.live();
  await until(() => front.states === "up 0, up 0", "its checks have passed", PATIENCE_MS);
  expect(new Set(await front.seen(2))).toEqual(new Set(["a", "b"]));
  expect(front.verdicts).toEqual(["a server does not pass its health checks", "a server is up again"]);
});

test.each([200, 204, 302, 399])("a page with status %i passes", async (status) => {
  const a = await MoodyWorker.start("");
  const front = await BalancedFront.start({ to: [a.to], healthUri: "/up?deep=1", ...CHECKS, healthFails: 1 });
  a.mood = status;
  await until(() => a.paths.length > 5, "it was checked several times");
  expect(new Set(a.paths)).toEqual(new Set(["/up"]));
  expect(front.states).toBe("up 0");
});

test("one check at a time, however slow it is", async () => {
  const a = await MoodyWorker.start("a");
  a.mood = "hangs";
  const front = await BalancedFront.start({ to: [a.to], healthUri: "/up", ...CHECKS, healthFails: 3 });
  let most = 0;
  await until(
    () => {
      most = Math.max(most, a.connections);
      return front.states === "sick 0";
    },
    "its checks have failed",
    PATIENCE_MS,
  );
  expect(a.paths.length).toBe(3);
  expect(most).toBe(1);
});

test("checks end with the front", async () => {
  const a = await MoodyWorker.start("a");
  const front = await BalancedFront.start({ to: [a.to], healthUri: "/up", ...CHECKS });
  await until(() => a.paths.length > 1, "it is checked");
  await front.front.close(0);
  await until(() => a.connections === 0, "the last check is over");
  const { length } = a.paths;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(a.paths.length).toBe(length);
});
