import { expect, test } from "vitest";
import { parseForwarded } from "../../../src/front/identity/forwarded-field.ts";

test.each([
  ["for=192.0.2.43", [{ for: "192.0.2.43" }]],
  ['for="_gazonk"', [{ for: "_gazonk" }]],
  ['For="[2001:db8:cafe::17]:4711"', [{ for: "[2001:db8:cafe::17]:4711" }]],
  ["for=192.0.2.60;proto=http;by=203.0.113.43", [{ for: "192.0.2.60", proto: "http", by: "203.0.113.43" }]],
  ["for=192.0.2.43, for=198.51.100.17", [{ for: "192.0.2.43" }, { for: "198.51.100.17" }]],
  [
    "for=1.1.1.1,for=2.2.2.2;proto=https,host=a.test",
    [{ for: "1.1.1.1" }, { for: "2.2.2.2", proto: "https" }, { host: "a.test" }],
  ],
  ["for=unknown ; proto=https\t, \tfor=_x", [{ for: "unknown", proto: "https" }, { for: "_x" }]],
  ['host="a\\"b\\\\,;c"', [{ host: 'a"b\\,;c' }]],
  ['for=""', [{ for: "" }]],
  ["for=192.0.2.1:80;host=a.test:8080", [{ for: "192.0.2.1:80", host: "a.test:8080" }]],
  ["for=[::1]", [{ for: "[::1]" }]],
  [";for=1.1.1.1;", [{ for: "1.1.1.1" }]],
  ["", []],
  [" , ,", []],
])("%s", (line, elements) => {
  expect(parseForwarded(line)).toEqual(elements);
});

test.each([
  "for",
  "for=",
  "=1.1.1.1",
  "for= 1.1.1.1",
  "for =1.1.1.1",
  "for=1.1.1.1 for=2.2.2.2",
  "for=1.1.1.1;for=2.2.2.2",
  "for=1.1.1.1;FOR=2.2.2.2",
  'for="1.1.1.1',
  'for="1.1.1.1\\"',
  'for="1.1.1.1"x',
  'for=", for="1.1.1.1"',
  "1.1.1.1, 2.2.2.2",
  "for=1.1.1.1, garbage",
  "for=a/b",
])("%j can not be read", (line) => {
  expect(parseForwarded(line)).toBeUndefined();
});

test("a long line takes no longer than its length", () => {
  const line = `for="${"\\\\".repeat(4000)}`;
  const started = performance.now();
  expect(parseForwarded(line)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(1000);
});
