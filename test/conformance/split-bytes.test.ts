import fc from "fast-check";
import { expect, test } from "vitest";
import { seededRandom } from "../../protocol/conformance/random.ts";
import { splitBytes } from "../../protocol/conformance/split-bytes.ts";

const splits = fc.constantFrom("whole" as const, "bytes" as const, "random" as const);

test("the pieces are the bytes again, and none is empty", () => {
  fc.assert(
    fc.property(splits, fc.uint8Array({ maxLength: 3000 }), fc.nat(), (split, bytes, seed) => {
      const pieces = splitBytes(Buffer.from(bytes), split, seededRandom(seed, "x"));
      expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
      expect(pieces.every(({ length }) => length > 0)).toBe(true);
    }),
  );
});

test("bytes go one by one as far as a packet reaches, and large payloads end in time", () => {
  const pieces = splitBytes(Buffer.alloc(1_000_000), "bytes", () => 0);
  expect(pieces.slice(0, 700).every(({ length }) => length === 1)).toBe(true);
  expect(pieces.length).toBeLessThan(1000);
});

test("the same seed cuts alike, another one differently, and each case in its own way", () => {
  const cut = (seed: number, id: string): number[] =>
    splitBytes(Buffer.alloc(500), "random", seededRandom(seed, id)).map(({ length }) => length);
  expect(cut(1, "packet/a")).toEqual(cut(1, "packet/a"));
  expect(cut(1, "packet/a")).not.toEqual(cut(2, "packet/a"));
  expect(cut(1, "packet/a")).not.toEqual(cut(1, "packet/b"));
  expect(cut(1, "packet/a").length).toBeGreaterThan(5);
});
