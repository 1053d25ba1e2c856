import fc from "fast-check";
import { expect, test } from "vitest";
import { escapeJson, escapeText } from "../../../src/front/access-log/log-escape.ts";

const bytes = fc.uint8Array({ maxLength: 60 }).map((block) => Buffer.from(block).toString("latin1"));

test.each([
  ["/plain?a=b c", "/plain?a=b c", "/plain?a=b c"],
  ['" 200 0 "forged', "\\x22 200 0 \\x22forged", '\\" 200 0 \\"forged'],
  ["a\\", "a\\x5C", "a\\\\"],
  ["a\r\nb", "a\\x0D\\x0Ab", "a\\u000d\\u000ab"],
  ["\x1b[31m\x7f\x9b", "\\x1B[31m\\x7F\\x9B", "\\u001b[31m\\u007f\\u009b"],
  ["\u00c3\u00a9", "\\xC3\\xA9", "\\u00c3\\u00a9"],
])("%j is %j in text and %j in JSON", (value, text, json) => {
  expect([escapeText(value), escapeJson(value)]).toEqual([text, json]);
});

test("nothing of a client ends a quoted field or a line, and every byte can be read back", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const text = escapeText(value);
      expect(text).toMatch(/^(?:[ !#-[\]-~]|\\x[0-9A-F]{2})*$/);
      const read = text.replace(/\\x(..)/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      expect(read).toBe(value);
    }),
  );
});

test("JSON is valid, ASCII, and holds what was sent", () => {
  fc.assert(
    fc.property(bytes, (value) => {
      const json = `"${escapeJson(value)}"`;
      expect(json).toMatch(/^[ -~]*$/);
      expect(JSON.parse(json)).toBe(value);
    }),
  );
});
