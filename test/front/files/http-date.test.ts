import { expect, test } from "vitest";
import { parseHttpDate } from "../../../src/front/files/http-date.ts";

const NOW = Date.UTC(2026, 10, 20);
const DATE = Date.UTC(1994, 10, 6, 8, 49, 37);

test.each([
  ["Sun, 06 Nov 1994 08:49:37 GMT", DATE],
  ["Sunday, 06-Nov-94 08:49:37 GMT", DATE],
  ["Sun Nov  6 08:49:37 1994", DATE],
  ["Sun Nov 16 08:49:37 1994", Date.UTC(1994, 10, 16, 8, 49, 37)],
  ["Thu, 29 Feb 2024 00:00:00 GMT", Date.UTC(2024, 1, 29)],
  ["Fri, 01 Jan 2100 00:00:00 GMT", Date.UTC(2100, 0, 1)],
  ["Wednesday, 01-Jan-76 00:00:00 GMT", Date.UTC(2076, 0, 1)],
  ["Saturday, 01-Jan-77 00:00:00 GMT", Date.UTC(1977, 0, 1)],
])("%s", (text, time) => {
  expect(parseHttpDate(text, NOW)).toBe(time);
});

test.each([
  "",
  "yesterday",
  "0",
  "1994",
  "1994-11-06T08:49:37Z",
  "Sun, 06 Nov 1994 08:49:37",
  "Sun, 06 Nov 1994 08:49:37 +0000",
  "Sun, 6 Nov 1994 08:49:37 GMT",
  "Sun, 06 nov 1994 08:49:37 GMT",
  "Sun, 06 Foo 1994 08:49:37 GMT",
  "Sun, 31 Feb 1994 08:49:37 GMT",
  "Sun, 00 Nov 1994 08:49:37 GMT",
  "Sun, 06 Nov 1994 24:49:37 GMT",
  "Sun, 06 Nov 1994 08:60:37 GMT",
  "Sun, 06 Nov 1994 08:49:61 GMT",
  "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
])("%j is none", (text) => {
  expect(parseHttpDate(text, NOW)).toBeUndefined();
});
