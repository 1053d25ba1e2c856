import { describe, expect, test } from "vitest";
import { quotaOf } from "../../src/cli/available-processors.ts";
import {
  fleetSettings,
  parseJitter,
  parseMegabytes,
  parseProcesses,
  processCount,
} from "../../src/cli/process-flags.ts";
import { TestIo } from "../support/cli-io.ts";

const common = { gracefulTimeout: 30_000, logLevel: "info" };

test.each([
  ["max 100000", Number.POSITIVE_INFINITY],
  ["200000 100000\n", 2],
  ["150000 100000", 1],
  ["50000 100000", 0],
  ["max", Number.POSITIVE_INFINITY],
])("a quota of %j is %d processors", (text, processors) => {
  expect(quotaOf(text)).toBe(processors);
});

describe("the number of processes", () => {
  test.each([
    [{ processes: 3 }, "5", 1, 3],
    [{}, "5", 1, 5],
    [{}, "", 1, 1],
    [{ processes: 0 }, "", 1, 0],
  ] as const)("%o and WEB_CONCURRENCY=%s", (flags, concurrency, otherwise, count) => {
    const io = new TestIo({ env: { WEB_CONCURRENCY: concurrency } });
    expect(processCount(flags, io, otherwise)).toBe(count);
  });

  test("auto is at least one", () => {
    expect(processCount({ processes: "auto" }, new TestIo(), 1)).toBeGreaterThan(0);
  });

  test("of the environment is checked as well", () => {
    const io = new TestIo({ env: { WEB_CONCURRENCY: "many" } });
    expect(() => processCount({}, io, 1)).toThrow('WEB_CONCURRENCY is no number of processes: "many"');
  });

  test("can not be none under a supervisor", () => {
    expect(() => fleetSettings({ ...common, processes: 0 }, new TestIo(), 1)).toThrow(
      "0 processes can not serve",
    );
  });
});

test.each([
  [{ maxRequests: 1000 }, 100],
  [{ maxRequests: 1000, maxRequestsJitter: parseJitter("50") }, 50],
  [{ maxRequests: 1000, maxRequestsJitter: parseJitter("25%") }, 250],
  [{ maxRequests: 1000, maxRequestsJitter: parseJitter("0") }, 0],
  [{}, 0],
])("%o: a jitter of %d requests", (flags, jitter) => {
  expect(fleetSettings({ ...common, ...flags }, new TestIo(), 1).maxRequestsJitter).toBe(jitter);
});

test("only development survives a first generation that can not be loaded", () => {
  expect(fleetSettings({ ...common, watch: true }, new TestIo(), 1).survivesFirstFailure).toBe(true);
  expect(fleetSettings(common, new TestIo(), 1).survivesFirstFailure).toBe(false);
});

test.each([
  ["100", 100 * 2 ** 20],
  ["100m", 100 * 2 ** 20],
  ["1g", 2 ** 30],
])("--reload-on-rss %s", (text, bytes) => {
  expect(parseMegabytes(text)).toBe(bytes);
});

test.each([
  [parseProcesses, ["", "-1", "1.5", "all", "1025", "99999"]],
  [parseJitter, ["", "-1", "5 %", "%", "1.5"]],
] as const)("%o refuses what it does not know", (parse, texts) => {
  for (const text of texts) expect(() => parse(text)).toThrow(/^Expected /);
});
