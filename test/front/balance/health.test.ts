import { describe, expect, test } from "vitest";
import {
  HEALTHY,
  type Health,
  type HealthEvent,
  type HealthRules,
  isUsable,
  nextHealth,
  warmth,
} from "../../../src/front/balance/health.ts";

const rules: HealthRules = { maxFails: 3, failTimeoutMs: 10_000, healthFails: 3, healthPasses: 2 };

type Step = readonly [atMs: number, event: HealthEvent];

function healthAfter(steps: readonly Step[], changed: Partial<HealthRules> = {}): Health {
  return steps.reduce(
    (health, [at, event]) => nextHealth(health, event, at, { ...rules, ...changed }),
    HEALTHY,
  );
}

const fail = (...times: readonly number[]): Step[] => times.map((at) => [at, "failed"]);
const check = (verdict: "passed" | "failed", count: number): Step[] =>
  Array.from({ length: count }, (_, at) => [at, `check-${verdict}`]);
const outage = fail(1, 2, 3);

test.each<[string, readonly Step[], Health["state"]]>([
  ["nothing happened", [], "up"],
  ["two failures", fail(1, 2), "up"],
  ["three failures", outage, "down"],
  ["three failures, hours apart", fail(1, 3_600_000, 7_200_000), "down"],
  ["an answer between failures", [...fail(1, 2), [3, "succeeded"], ...fail(4, 5)], "up"],
  ["a late answer to an earlier request", [...outage, [4, "succeeded"]], "down"],
  ["a probe on its way", [...outage, [10_003, "probed"]], "probing"],
  ["a probe that was answered", [...outage, [10_003, "probed"], [10_004, "succeeded"]], "up"],
  ["a probe that failed", [...outage, [10_003, "probed"], [10_004, "failed"]], "down"],
  ["a probe whose client left", [...outage, [10_003, "probed"], [10_004, "unproven"]], "down"],
  ["a request to a server that is up is no probe", [[1, "probed"]], "up"],
  ["a client that leaves a server that is up", [[1, "unproven"]], "up"],
  ["two failed checks", check("failed", 2), "up"],
  ["three failed checks", check("failed", 3), "sick"],
  ["a passed check between", [...check("failed", 2), ...check("passed", 1), ...check("failed", 2)], "up"],
  ["one passed check", [...check("failed", 3), ...check("passed", 1)], "sick"],
  ["two passed checks", [...check("failed", 3), ...check("passed", 2)], "up"],
  [
    "a failed check between",
    [...check("failed", 3), [3, "check-passed"], [4, "check-failed"], [5, "check-passed"]],
    "sick",
  ],
  ["an answer although the checks fail", [...check("failed", 3), [9, "succeeded"]], "sick"],
  ["failures although the checks fail already", [...check("failed", 3), ...outage], "sick"],
  ["failed checks of a server that is down", [...outage, ...check("failed", 3)], "sick"],
  ["passed checks do not lift what requests have shown", [...outage, ...check("passed", 5)], "down"],
])("%s: %s", (_what, steps, state) => {
  expect(healthAfter(steps).state).toBe(state);
});

test("max-fails 1 is one failure, 0 is none", () => {
  expect(healthAfter(fail(1), { maxFails: 1 }).state).toBe("down");
  expect(healthAfter(fail(1, 2, 3, 4, 5), { maxFails: 0 }).state).toBe("up");
});

test("an answer of a healthy server changes nothing, and makes no new object", () => {
  expect(nextHealth(HEALTHY, "succeeded", 1, rules)).toBe(HEALTHY);
  expect(nextHealth(HEALTHY, "check-passed", 1, rules)).toBe(HEALTHY);
});

describe("gets requests", () => {
  test.each<[string, readonly Step[], number, boolean]>([
    ["while it is up", [], 0, true],
    ["not right after it went down", outage, 4, false],
    ["not until the time is over", outage, 10_002, false],
    ["one when the time is over", outage, 10_003, true],
    ["no second one meanwhile", [...outage, [10_003, "probed"]], 60_000, false],
    [
      "none for as long again after a failed probe",
      [...outage, [10_003, "probed"], [10_004, "failed"]],
      20_003,
      false,
    ],
    ["one more after that", [...outage, [10_003, "probed"], [10_004, "failed"]], 20_004, true],
    [
      "the next one at once when the client of the probe left",
      [...outage, [10_003, "probed"], [10_004, "unproven"]],
      10_005,
      true,
    ],
    ["none while its checks fail, however long", check("failed", 3), 1e9, false],
  ])("%s", (_what, steps, nowMs, usable) => {
    expect(isUsable(healthAfter(steps), nowMs, rules)).toBe(usable);
  });
});

describe("slow start", () => {
  const recovered: readonly Step[] = [...outage, [10_003, "probed"], [20_000, "succeeded"]];

  test.each([
    ["a little at once", 20_000, 0.01],
    ["a quarter after a quarter", 22_500, 0.25],
    ["half after half", 25_000, 0.5],
    ["all in the end", 30_000, 1],
    ["all for ever", 1e9, 1],
  ])("%s", (_what, nowMs, part) => {
    expect(warmth(healthAfter(recovered), nowMs, 10_000)).toBeCloseTo(part);
  });

  test("is for servers that were out, and by their checks as well", () => {
    expect(warmth(HEALTHY, 0, 10_000)).toBe(1);
    expect(
      warmth(
        healthAfter([...check("failed", 3), [100, "check-passed"], [200, "check-passed"]]),
        5200,
        10_000,
      ),
    ).toBe(0.5);
  });

  test("0 is none", () => {
    expect(warmth(healthAfter(recovered), 20_000, 0)).toBe(1);
  });
});
