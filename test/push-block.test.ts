import fc from "fast-check";
import { expect, test } from "vitest";
import { pushBlock } from "../src/push-block.ts";

function listOf(blocks: readonly Buffer[]): Buffer[] {
  const list: Buffer[] = [];
  for (const block of blocks) pushBlock(list, block);
  return list;
}

test("sixteen blocks stay as they came", () => {
  const sizes = Array.from({ length: 16 }, () => 1);
  expect(listOf(sizes.map((size) => Buffer.alloc(size))).map(({ length }) => length)).toEqual(sizes);
});

test.each([
  { sizes: [1], last: [17] },
  { sizes: [1, 1], last: [17, 1] },
  { sizes: [1, 1, 1], last: [17, 1, 1] },
  { sizes: [100], last: [116] },
  { sizes: [2048, 2048], last: [2064, 2048] },
  { sizes: [65_536, 65_536], last: [1, 65_536, 65_536] },
])("sixteen blocks of one byte, then $sizes, end in $last", ({ sizes, last }) => {
  const all = [...Array.from({ length: 16 }, () => 1), ...sizes];
  const lengths = listOf(all.map((size) => Buffer.alloc(size))).map(({ length }) => length);
  expect(lengths.slice(-last.length)).toEqual(last);
});

test("the bytes and their order stay the same", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 3000 })), (parts) => {
      const blocks = parts.map((part) => Buffer.from(part));
      expect(Buffer.concat(listOf(blocks)).equals(Buffer.concat(blocks))).toBe(true);
    }),
  );
});

test("200,000 blocks of one byte end up in about a hundred", () => {
  const list = listOf(Array.from({ length: 200_000 }, (_, index) => Buffer.of(index)));
  expect(list.length).toBeLessThan(130);
});
