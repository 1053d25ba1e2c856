import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RefusalLines } from "../../../src/front/rate/refusal-lines.ts";
import { RecordingLog } from "../../support/recording-log.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function start() {
  const log = new RecordingLog();
  const said = (): unknown[] => log.lines.splice(0).map(({ fields }) => [fields["client"], fields["count"]]);
  return { lines: new RefusalLines(log), said };
}

test("a client that is refused all the time has one line a second, with the number of its requests", () => {
  const { lines, said } = start();
  for (let count = 0; count < 100; count += 1) lines.refused("a", {});
  lines.refused("b", {});
  expect(said()).toEqual([
    ["a", 1],
    ["b", 1],
  ]);
  vi.advanceTimersByTime(1000);
  expect(said()).toEqual([["a", 99]]);
  lines.refused("a", {});
  expect(said()).toEqual([]);
  vi.advanceTimersByTime(1000);
  expect(said()).toEqual([["a", 1]]);
  vi.advanceTimersByTime(10_000);
  expect([said(), vi.getTimerCount()]).toEqual([[], 0]);
});

test("a flood of clients is no flood of lines", () => {
  const { lines, said } = start();
  for (let client = 0; client < 1000; client += 1) lines.refused(`client ${client}`, {});
  expect(said()).toHaveLength(20);
  vi.advanceTimersByTime(1000);
  expect(said()).toEqual([[undefined, 980]]);
});

test("what is not said yet is said at the end", () => {
  const { lines, said } = start();
  lines.refused("a", {});
  lines.refused("a", {});
  said();
  lines.close();
  expect([said(), vi.getTimerCount()]).toEqual([[["a", 1]], 0]);
});
