import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../src/gateway/utf8.ts";

test.each([
  ["", ""],
  ["/plain", "/plain"],
  ["/é", "/\u00c3\u00a9"],
  ["€", "\u00e2\u0082\u00ac"],
  ["😀", "\u00f0\u009f\u0098\u0080"],
])("%j is %j in bytes", (text, bytes) => {
  expect(encodeUtf8(text)).toBe(bytes);
  expect(decodeUtf8(bytes)).toBe(text);
});

test("every text comes back as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const bytes = encodeUtf8(text);
      expect(bytes).toMatch(/^[^\u0100-\uffff]*$/);
      expect(decodeUtf8(bytes)).toBe(text);
    }),
  );
});

test("what is no UTF-8 becomes U+FFFD", () => {
  expect(decodeUtf8("a\u00ffb")).toBe("a\ufffdb");
  expect(encodeUtf8("a\ud800b")).toBe("a\u00ef\u00bf\u00bdb");
});

test("text that was decoded before is refused, not mangled", () => {
  expect(() => decodeUtf8("/a€")).toThrow(
    expect.objectContaining({
      code: "UWB_ERR_VALUE_NOT_LATIN1",
      message: expect.stringContaining("index 2"),
    }) as Error,
  );
});
