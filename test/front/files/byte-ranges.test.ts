import { expect, test } from "vitest";
import { parseRanges } from "../../../src/front/files/byte-ranges.ts";

const GIB5 = 5 * 1024 ** 3;

test.each([
  { field: "bytes=0-1", size: 5, ranges: [[0, 2]] },
  { field: "bytes=0-0", size: 5, ranges: [[0, 1]] },
  { field: "bytes=4-", size: 5, ranges: [[4, 1]] },
  { field: "bytes=0-", size: 5, ranges: [[0, 5]] },
  { field: "bytes=3-99", size: 5, ranges: [[3, 2]] },
  { field: "bytes=3-99999999999999999999", size: 5, ranges: [[3, 2]] },
  { field: "bytes=-2", size: 5, ranges: [[3, 2]] },
  { field: "bytes=-9", size: 5, ranges: [[0, 5]] },
  { field: "Bytes=0-1", size: 5, ranges: [[0, 2]] },
  { field: "bytes=000-001", size: 5, ranges: [[0, 2]] },
  {
    field: "bytes=0-1,3-4",
    size: 5,
    ranges: [
      [0, 2],
      [3, 2],
    ],
  },
  {
    field: "bytes= 0-1 ,\t3-4 , ",
    size: 5,
    ranges: [
      [0, 2],
      [3, 2],
    ],
  },
  {
    field: "bytes=3-4,0-1",
    size: 5,
    ranges: [
      [3, 2],
      [0, 2],
    ],
  },
  { field: "bytes=0-1,9-10", size: 5, ranges: [[0, 2]] },
  {
    field: "bytes=0-4,0-4",
    size: 5,
    ranges: [
      [0, 5],
      [0, 5],
    ],
  },
  { field: "bytes=5000000000-5000000003", size: GIB5, ranges: [[5_000_000_000, 4]] },
  {
    field: `bytes=${"0-0,".repeat(15)}1-1`,
    size: 9,
    ranges: [...Array<[number, number]>(15).fill([0, 1]), [1, 1]],
  },
])("$field of $size bytes", ({ field, size, ranges }) => {
  expect(parseRanges(field, size)).toEqual(ranges.map(([offset, length]) => ({ offset, length })));
});

test.each([
  { field: "bytes=5-", size: 5 },
  { field: "bytes=100-200", size: 5 },
  { field: "bytes=-0", size: 5 },
  { field: "bytes=18446744073709551615-", size: 5 },
  { field: `bytes=${"9".repeat(400)}-`, size: 5 },
  { field: "bytes=5-6,7-8", size: 5 },
])("$field of $size bytes can not be satisfied", ({ field, size }) => {
  expect(parseRanges(field, size)).toBe("unsatisfiable");
});

test.each([
  { what: "another unit", field: "items=0-1" },
  { what: "no unit", field: "0-1" },
  { what: "nothing", field: "bytes=" },
  { what: "commas alone", field: "bytes=,," },
  { what: "a dash alone", field: "bytes=-" },
  { what: "a reversed range", field: "bytes=4-1" },
  { what: "a reversed range beside a good one", field: "bytes=0-1,4-1" },
  { what: "a sign", field: "bytes=+0-1" },
  { what: "a negative end", field: "bytes=0--1" },
  { what: "hexadecimal digits", field: "bytes=0x0-1" },
  { what: "a space inside", field: "bytes=0 - 1" },
  { what: "too many ranges", field: `bytes=${"0-0,".repeat(16)}1-1` },
  { what: "more than twice the file", field: "bytes=0-,0-,0-0" },
])("$what is ignored", ({ field }) => {
  expect(parseRanges(field, 9)).toBeUndefined();
});

test("an empty file has no parts to ask for", () => {
  expect(parseRanges("bytes=0-", 0)).toBeUndefined();
  expect(parseRanges("bytes=-5", 0)).toBeUndefined();
});
