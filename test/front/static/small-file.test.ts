import type { FileHandle } from "node:fs/promises";
import { expect, test } from "vitest";
import { readSmallFile } from "../../../src/front/static/small-file.ts";

/** A file that has one state after the other: each `stat` tells the next, the last one again and again. */
function fileOf(states: readonly { size: number; mtimeMs: number }[], readable: string): FileHandle {
  let asked = 0;
  const stat = () => {
    const state = states[Math.min(asked, states.length - 1)];
    asked += 1;
    return Promise.resolve(state);
  };
  // Two bytes at a time: a read may give fewer than it was asked for.
  const read = (buffer: Buffer, offset: number, length: number, position: number) => {
    const bytes = Buffer.from(readable.slice(position, position + Math.min(2, length)));
    bytes.copy(buffer, offset);
    return Promise.resolve({ bytesRead: bytes.length });
  };
  return { stat, read } as unknown as FileHandle;
}

const state = (size: number, mtimeMs: number) => ({ size, mtimeMs });

test("a file that stays the same is read at once", async () => {
  const small = await readSmallFile(fileOf([state(5, 1)], "hello"), 100);
  expect([small?.content.toString(), small?.facts]).toEqual(["hello", state(5, 1)]);
});

test.each([
  { what: "was written to", states: [state(5, 1), state(5, 2)] },
  { what: "has grown", states: [state(3, 1), state(5, 1)] },
  { what: "was longer", states: [state(9, 1), state(5, 1)] },
])("a file that $what meanwhile is read again", async ({ states }) => {
  const small = await readSmallFile(fileOf(states, "hello"), 100);
  expect([small?.content.toString(), small?.facts]).toEqual(["hello", states.at(-1)]);
});

test("a file that has become too large is not read", async () => {
  expect(await readSmallFile(fileOf([state(4, 1), state(101, 2)], "hello"), 100)).toBeUndefined();
  expect(await readSmallFile(fileOf([state(101, 1)], "hello"), 100)).toBeUndefined();
});

test("a file that never stays the same is given up", async () => {
  const states = Array.from({ length: 99 }, (_, index) => state(5, index));
  await expect(readSmallFile(fileOf(states, "hello"), 100)).rejects.toThrow("faster than it can be read");
});
