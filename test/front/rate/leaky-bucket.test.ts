import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Bucket, LeakyBucket, retryAfterSeconds } from "../../../src/front/rate/leaky-bucket.ts";
import { checkRate, type RequestRate } from "../../../src/front/rate/request-rate.ts";

const MS = 1000;
const SECOND = 1_000_000;

const CASES: readonly {
  readonly name: string;
  readonly rate: RequestRate;
  /** When requests come, and what becomes of each: 0, or the wait. */
  readonly steps: readonly (readonly [atUs: number, wait: number])[];
}[] = [
  {
    name: "without a burst requests are taken one at a time",
    rate: { requests: 10 },
    steps: [
      [0, 0],
      [0, 100 * MS],
      [99_999, 1],
      [100_000, 0],
      [200_000, 0],
    ],
  },
  {
    name: "a burst comes beside the request that is due",
    rate: { requests: 10, burst: 2 },
    steps: [
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 100 * MS],
      [100_000, 0],
      [100_000, 100 * MS],
    ],
  },
  {
    name: "steady requests at the rate are all taken",
    rate: { requests: 300, perSeconds: 60 },
    steps: [
      [0, 0],
      [200_000, 0],
      [400_000, 0],
      [600_000, 0],
    ],
  },
  {
    name: "the bucket is refilled to its burst and no further",
    rate: { requests: 1, burst: 1 },
    steps: [
      [0, 0],
      [0, 0],
      [0, SECOND],
      [3600 * SECOND, 0],
      [3600 * SECOND, 0],
      [3600 * SECOND, SECOND],
    ],
  },
  {
    name: "a rate whose pause is no whole number of microseconds is not exceeded",
    rate: { requests: 7 },
    steps: [
      [0, 0],
      [142_857, 1],
      [142_858, 0],
      [285_715, 1],
      [285_716, 0],
    ],
  },
  {
    name: "who is refused waits no longer for having asked",
    rate: { requests: 1 },
    steps: [
      [0, 0],
      [500_000, 500_000],
      [900_000, 100_000],
      [999_999, 1],
      [SECOND, 0],
    ],
  },
  {
    name: "a clock that goes back gives nothing, and locks nobody out",
    rate: { requests: 1, burst: 1 },
    steps: [
      [3600 * SECOND, 0],
      [3600 * SECOND, 0],
      [0, SECOND],
      [0, SECOND],
      [SECOND, 0],
      [SECOND, SECOND],
    ],
  },
  {
    name: "the largest values are still exact",
    rate: { requests: 1, perSeconds: 3600, burst: 1_000_000 },
    steps: [
      [0, 0],
      [Number.MAX_SAFE_INTEGER, 0],
    ],
  },
];

describe("a bucket", () => {
  test.each(CASES)("$name", ({ rate, steps }) => {
    const rule = new LeakyBucket(rate);
    const bucket: Bucket = { level: 0, atUs: steps[0]?.[0] ?? 0 };
    expect(steps.map(([atUs]) => [atUs, rule.take(bucket, atUs)])).toEqual(steps);
  });
});

test.each([
  [1, 1],
  [999_999, 1],
  [1_000_000, 1],
  [1_000_001, 2],
  [59_000_001, 60],
])("%i microseconds are %i seconds of Retry-After", (waitUs, seconds) => {
  expect(retryAfterSeconds(waitUs)).toBe(seconds);
});

const rates = fc.record({
  requests: fc.integer({ min: 1, max: 2000 }),
  perSeconds: fc.constantFrom(1, 60, 3600),
  burst: fc.integer({ min: 0, max: 50 }),
});
/** Times between requests: many at once, some after a while. */
const gaps = fc.array(fc.oneof(fc.constant(0), fc.nat(1000), fc.nat(2 * SECOND)), {
  minLength: 2,
  maxLength: 300,
});

/** When requests were taken. */
function taken(rate: RequestRate, all: readonly number[]): number[] {
  const rule = new LeakyBucket(rate);
  const bucket: Bucket = { level: 0, atUs: 0 };
  const times: number[] = [];
  let now = 0;
  for (const gap of all) {
    now += gap;
    if (rule.take(bucket, now) === 0) times.push(now);
  }
  return times;
}

describe("over any time", () => {
  test("no more are taken than the rate allows in it, the burst, and the one that is due", () => {
    fc.assert(
      fc.property(rates, gaps, (rate, all) => {
        const times = taken(rate, all);
        for (const [first, from] of times.entries()) {
          for (let last = first; last < times.length; last += 1) {
            // In whole numbers: (count - burst - 1) / T <= requests / period
            const excess = BigInt(last - first + 1 - rate.burst - 1);
            const period = BigInt(rate.perSeconds * SECOND);
            const elapsed = BigInt((times[last] ?? 0) - from);
            expect(excess * period <= elapsed * BigInt(rate.requests)).toBe(true);
          }
        }
      }),
    );
  });

  test("who waits as long as it is told is taken, and a microsecond earlier is not", () => {
    fc.assert(
      fc.property(rates, gaps, (rate, all) => {
        const rule = new LeakyBucket(rate);
        const bucket: Bucket = { level: 0, atUs: 0 };
        let now = 0;
        for (const gap of all) {
          now += gap;
          const wait = rule.take(bucket, now);
          if (wait === 0) continue;
          expect(rule.take({ ...bucket }, now + wait - 1)).not.toBe(0);
          expect(rule.take({ ...bucket }, now + wait)).toBe(0);
        }
      }),
    );
  });
});

test.each([
  { requests: 0 },
  { requests: 1.5 },
  { requests: 1_000_001 },
  { requests: 1, perSeconds: 0 },
  { requests: 1, perSeconds: 3601 },
  { requests: 1, burst: -1 },
  { requests: 1, burst: 1_000_001 },
])("%j is no rate", (rate) => {
  expect(() => checkRate(rate, "limitRequests")).toThrow(/^limitRequests: .* must be a whole number/);
});
