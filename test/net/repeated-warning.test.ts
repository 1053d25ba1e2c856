import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { RepeatedWarning } from "../../src/net/repeated-warning.ts";
import { RecordingLog } from "../support/recording-log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what happens often is logged at once, and then once a minute with a count", () => {
  const log = new RecordingLog();
  const warning = new RepeatedWarning(log, "it happens");
  const counts = (): unknown[] => log.lines.map(({ fields }) => fields["count"]);
  warning.occurred({ open: 1 });
  for (let open = 2; open <= 100; open += 1) warning.occurred({ open });
  expect(counts()).toEqual([1]);
  vi.advanceTimersByTime(60_000);
  expect(counts()).toEqual([1, 99]);
  expect(log.lines[1]).toEqual({ level: "warn", fields: { open: 100, count: 99 }, message: "it happens" });
  vi.advanceTimersByTime(60_000);
  expect(counts()).toEqual([1, 99]);
  warning.occurred({});
  warning.occurred({});
  expect(counts()).toEqual([1, 99, 1]);
  warning.close();
  expect(counts()).toEqual([1, 99, 1, 1]);
  vi.advanceTimersByTime(120_000);
  expect(counts()).toEqual([1, 99, 1, 1]);
});
