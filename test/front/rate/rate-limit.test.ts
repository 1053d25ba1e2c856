import { expect, test } from "vitest";
import { RateLimit } from "../../../src/front/rate/rate-limit.ts";
import { ADMITTED, CROWDED } from "../../../src/front/rate/verdict.ts";

test("no more are in progress than may be, for each client", () => {
  const limit = new RateLimit({ inProgress: 2 });
  expect(["a", "a", "a", "b"].map((key) => limit.admit(key))).toEqual([
    ADMITTED,
    ADMITTED,
    CROWDED,
    ADMITTED,
  ]);
  limit.leave("a");
  expect(limit.admit("a")).toBe(ADMITTED);
  expect(limit.admit("a")).toBe(CROWDED);
});

test("clients with nothing in progress are not remembered", () => {
  const limit = new RateLimit({ inProgress: 2 });
  for (const key of ["a", "a", "b"]) limit.admit(key);
  expect(limit.size).toEqual({ clients: 0, inProgress: 2 });
  for (const key of ["a", "a", "b"]) limit.leave(key);
  expect(limit.size).toEqual({ clients: 0, inProgress: 0 });
});

test("what is too much at the same time does not count for the rate", () => {
  let nowUs = 0;
  const limit = new RateLimit({ rate: { requests: 1, burst: 1 }, inProgress: 1, nowUs: () => nowUs });
  expect([limit.admit("a"), limit.admit("a"), limit.admit("a")]).toEqual([ADMITTED, CROWDED, CROWDED]);
  limit.leave("a");
  expect(limit.admit("a")).toBe(ADMITTED);
  limit.leave("a");
  expect(limit.admit("a")).toBe(1_000_000);
  nowUs = 1_000_000;
  expect(limit.admit("a")).toBe(ADMITTED);
});

test("what is refused for its rate is not in progress", () => {
  const limit = new RateLimit({ rate: { requests: 1 }, inProgress: 1, nowUs: () => 0 });
  limit.admit("a");
  limit.leave("a");
  expect(limit.admit("a")).toBe(1_000_000);
  expect(limit.size.inProgress).toBe(0);
});

test("without limits everything is admitted and nothing remembered", () => {
  const limit = new RateLimit({});
  expect([limit.admit("a"), limit.admit("a"), limit.counts, limit.size.clients]).toEqual([0, 0, false, 0]);
});
