import { expect, test } from "vitest";
import { lowest, slopePerHour } from "./slope.ts";

const minutes = (values: readonly number[]) =>
  values.map((value, index) => ({ atMs: index * 60_000, value }));

test.each([
  ["one a minute is sixty an hour", [1, 2, 3, 4], 60],
  ["level", [5, 5, 5], 0],
  ["up and down around a line that falls", [4, 2, 2, 0], -72],
  ["a single sample", [7], 0],
])("the slope of the line through all samples: %s", (_, values, slope) => {
  expect(slopePerHour(minutes(values))).toBeCloseTo(slope);
});

test("the lowest of each span is what counts of a saw", () => {
  expect(lowest(minutes([1, 9, 2, 8, 3, 7]), 120_000).map(({ value }) => value)).toEqual([1, 2, 3]);
});
