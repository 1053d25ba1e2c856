import { expect, test } from "vitest";
import { parseLength } from "../../src/codec/index.ts";

test.each([
  { text: "0", length: 0 },
  { text: "3", length: 3 },
  { text: "0003", length: 3 },
  { text: "999999999999999", length: 999_999_999_999_999 },
  { text: "000000000000000", length: 0 },
])("$text is a length", ({ text, length }) => {
  expect(parseLength(text)).toBe(length);
});

test.each([
  "",
  " ",
  "3 ",
  " 3",
  "3\n",
  "-1",
  "+3",
  "3abc",
  "abc",
  "3.0",
  "3e2",
  "0x10",
  "3,3",
  "3, 3",
  "٣",
  "1000000000000000",
  "0000000000000003",
  "18446744073709551619",
])("%j is none", (text) => {
  expect(parseLength(text)).toBeUndefined();
});
