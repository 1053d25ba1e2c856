import fc from "fast-check";
import { expect, test } from "vitest";
import { printable, printableByte } from "../../src/inspect/printable.ts";

test.each([
  { name: "plain text stays", bytes: "GET /a?b=c d", shown: "GET /a?b=c d" },
  { name: "an escape sequence", bytes: "a\u001b[2Jb", shown: "a\\x1b[2Jb" },
  { name: "line ends", bytes: "a\r\nb", shown: "a\\x0d\\x0ab" },
  { name: "NUL and DEL", bytes: "\u0000\u007f", shown: "\\x00\\x7f" },
  { name: "a backslash, so that an escape can not be faked", bytes: "\\x1b", shown: "\\\\x1b" },
  { name: "UTF-8 as its characters", bytes: utf8("/grüße/日本"), shown: "/grüße/日本" },
  {
    name: "UTF-8 of a C1 control, which some terminals obey",
    bytes: utf8("\u009b2J"),
    shown: "\\xc2\\x9b2J",
  },
  { name: "UTF-8 that reorders text", bytes: utf8("a\u202eb"), shown: "a\\xe2\\x80\\xaeb" },
  { name: "a line separator", bytes: utf8("a\u2028b"), shown: "a\\xe2\\x80\\xa8b" },
  { name: "a byte order mark", bytes: utf8("\ufeffa"), shown: "\\xef\\xbb\\xbfa" },
  { name: "bytes that are not UTF-8", bytes: "caf\u00e9\\", shown: "caf\\xe9\\\\" },
])("$name", ({ bytes, shown }) => {
  expect(printable(bytes)).toBe(shown);
});

test("whatever the bytes, nothing is left that a terminal obeys", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(printable(Buffer.from(bytes).toString("latin1"))).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test("a byte of a dump is itself or a dot", () => {
  expect([0x1f, 0x20, 0x7e, 0x7f, 0xff].map(printableByte).join("")).toBe(". ~..");
});

function utf8(text: string): string {
  return Buffer.from(text).toString("latin1");
}
