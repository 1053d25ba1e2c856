import { expect, test } from "vitest";
import { HeldFiles } from "../../../src/front/static/held-files.ts";

/** The room an entry takes without its content: the key is a single character. */
const EMPTY = sizeOfEmpty();

function sizeOfEmpty(): number {
  const held = new HeldFiles<string>({ maxBytes: 10_000, maxCount: 9, maxAgeMs: 1000 });
  held.put("a", "A", { contentBytes: 0, readAtMs: 0 });
  return held.bytes;
}

test("what was read is held until it is a second old", () => {
  const held = new HeldFiles<string>({ maxBytes: 10_000, maxCount: 9, maxAgeMs: 1000 });
  held.put("a", "A", { contentBytes: 5, readAtMs: 100 });
  expect(held.get("a", 1099)).toBe("A");
  expect(held.bytes).toBe(EMPTY + 5);
  expect(held.get("a", 1100)).toBeUndefined();
  expect([held.bytes, held.count]).toEqual([0, 0]);
  expect(held.get("a", 100)).toBeUndefined();
});

test("asking for it does not make it younger", () => {
  const held = new HeldFiles<string>({ maxBytes: 10_000, maxCount: 9, maxAgeMs: 1000 });
  held.put("a", "A", { contentBytes: 5, readAtMs: 0 });
  expect([held.get("a", 900), held.get("a", 1800)]).toEqual(["A", undefined]);
});

test("what was not asked for the longest makes room, by count", () => {
  const held = new HeldFiles<string>({ maxBytes: 10_000, maxCount: 2, maxAgeMs: 1000 });
  held.put("a", "A", { contentBytes: 5, readAtMs: 0 });
  held.put("b", "B", { contentBytes: 5, readAtMs: 0 });
  held.get("a", 100);
  held.put("c", "C", { contentBytes: 5, readAtMs: 0 });
  expect(["a", "b", "c"].map((key) => held.get(key, 1))).toEqual(["A", undefined, "C"]);
});

test("and by bytes, as many as it takes", () => {
  const held = new HeldFiles<string>({ maxBytes: 3 * EMPTY + 30, maxCount: 99, maxAgeMs: 1000 });
  for (const key of ["a", "b", "c"]) held.put(key, key, { contentBytes: 10, readAtMs: 0 });
  expect(held.count).toBe(3);
  held.put("d", "d", { contentBytes: 11, readAtMs: 0 });
  expect(["a", "b", "c", "d"].map((key) => held.get(key, 1))).toEqual([undefined, undefined, "c", "d"]);
  expect(held.bytes).toBe(2 * EMPTY + 21);
});

test("what is larger than all the room is not held, and drives nothing out", () => {
  const held = new HeldFiles<string>({ maxBytes: 2 * EMPTY, maxCount: 9, maxAgeMs: 1000 });
  held.put("a", "A", { contentBytes: 0, readAtMs: 0 });
  held.put("b", "B", { contentBytes: EMPTY + 1, readAtMs: 0 });
  expect([held.get("a", 1), held.get("b", 1)]).toEqual(["A", undefined]);
  held.put("a", "larger", { contentBytes: EMPTY + 1, readAtMs: 0 });
  expect([held.get("a", 1), held.bytes]).toEqual([undefined, 0]);
});

test("a value takes the place of the one before it", () => {
  const held = new HeldFiles<string>({ maxBytes: 10_000, maxCount: 9, maxAgeMs: 1000 });
  held.put("a", "A", { contentBytes: 50, readAtMs: 0 });
  held.put("a", "B", { contentBytes: 5, readAtMs: 0 });
  expect([held.get("a", 1), held.bytes, held.count]).toEqual(["B", EMPTY + 5, 1]);
});

test("without room nothing is held", () => {
  const held = new HeldFiles<string>({ maxBytes: 0, maxCount: 9, maxAgeMs: 1000 });
  held.put("a", "A", { contentBytes: 0, readAtMs: 0 });
  expect(held.count).toBe(0);
});
