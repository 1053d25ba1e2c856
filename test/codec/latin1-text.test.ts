import { expect, test } from "vitest";
import { latin1Text } from "../../src/codec/latin1-text.ts";

test("a character per byte, all 256 of them", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const text = latin1Text(bytes);
  expect([...text].map((character) => character.charCodeAt(0))).toEqual([...bytes]);
});

test("only the part of a buffer that is meant", () => {
  expect(latin1Text(new TextEncoder().encode("abcdef").subarray(2, 4))).toBe("cd");
  expect(latin1Text(new Uint8Array())).toBe("");
});
