import { expect, test } from "vitest";
import { LimitDesk } from "../../../src/front/rate/limit-desk.ts";
import { LocalLimiter } from "../../../src/front/rate/limiter.ts";
import { RateLimit } from "../../../src/front/rate/rate-limit.ts";
import { ADMITTED, CROWDED } from "../../../src/front/rate/verdict.ts";

test("what is given back twice is given back once", () => {
  const limiter = new LocalLimiter(new RateLimit({ inProgress: 2 }));
  const [first] = [limiter.enter("a"), limiter.enter("a")];
  first?.leave();
  first?.leave();
  expect([limiter.enter("a").verdict, limiter.enter("a").verdict]).toEqual([ADMITTED, CROWDED]);
});

test("a desk believes once that a request is over, and only of the process that had it", () => {
  const limit = new RateLimit({ inProgress: 2 });
  const desk = new LimitDesk([limit]);
  const tell = (process: number, over: readonly number[]): unknown =>
    desk.respond(process, { limit: 0, first: 9, keys: [], over });
  desk.respond(1, { limit: 0, first: 1, keys: ["a", "a"], over: [] });
  for (const [process, over] of [
    [2, [1, 2]],
    [1, [1, 1]],
    [1, [1]],
  ] as const) {
    expect(tell(process, over)).toBeUndefined();
  }
  expect([limit.admit("a"), limit.admit("a")]).toEqual([ADMITTED, CROWDED]);
});

test("a desk that has no such limit says nothing", () => {
  expect(new LimitDesk([]).respond(1, { limit: 0, first: 1, keys: ["a"], over: [] })).toBeUndefined();
});
