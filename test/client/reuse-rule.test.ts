import { expect, test } from "vitest";
import { type FinishedUse, reusableForMs } from "../../src/client/reuse-rule.ts";

const limits = { persistIdleMs: 4000, maxRequestsPerConnection: 1000, maxConnectionAgeMs: 600_000 };
const use: FinishedUse = {
  acceptedIdleMs: 60_000,
  isRequestSent: true,
  hasSurplus: false,
  requests: 1,
  ageMs: 0,
};

test.each<[string, Partial<FinishedUse>, number]>([
  ["accepted", {}, 4000],
  ["not accepted", { acceptedIdleMs: undefined }, 0],
  ["answered before the request was sent", { isRequestSent: false }, 0],
  ["bytes too many", { hasSurplus: true }, 0],
  ["the last request but one", { requests: 999 }, 4000],
  ["the last request", { requests: 1000 }, 0],
  ["just before its age", { ageMs: 599_999 }, 4000],
  ["its age", { ageMs: 600_000 }, 0],
  ["a worker that keeps it shorter: a second less", { acceptedIdleMs: 3000 }, 2000],
  ["a worker that keeps it for a second: not worth it", { acceptedIdleMs: 1000 }, 0],
])("%s: kept for %j %i ms", (_name, changes, idleMs) => {
  expect(reusableForMs({ ...use, ...changes }, limits)).toBe(idleMs);
});
