import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { youngCollector } from "../../src/cli/young-collector.ts";

const BLOCK_BYTES = 65_536;

test("blocks that were dropped are freed at once", () => {
  const collect = youngCollector();
  const before = process.memoryUsage().arrayBuffers;
  const blocks = Array.from({ length: 128 }, () => Buffer.alloc(BLOCK_BYTES));
  expect(process.memoryUsage().arrayBuffers - before).toBeGreaterThanOrEqual(128 * BLOCK_BYTES);
  blocks.length = 0;
  collect?.();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * BLOCK_BYTES);
});

test("the application does not come to have a collector by it", () => {
  youngCollector();
  expect("gc" in globalThis).toBe(false);
  expect(runInNewContext("typeof globalThis.gc")).toBe("undefined");
});
