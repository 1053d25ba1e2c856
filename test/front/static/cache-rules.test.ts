import { expect, test } from "vitest";
import { cacheControl, compileCacheRules } from "../../../src/front/static/cache-rules.ts";

test.each([
  { pattern: "*.css", fits: ["/a.css", "/s/b/c.css", "/s/.css"], not: ["/a.css.map", "/acss", "/a.css/b"] },
  {
    pattern: "app.????????.js",
    fits: ["/s/app.0123abcd.js"],
    not: ["/s/app.js", "/s/app.123.js", "/s/my-app.0123abcd.js"],
  },
  { pattern: "/s/*", fits: ["/s/a.css"], not: ["/s/b/c.css", "/t/s/a.css", "/s"] },
  { pattern: "/s/**", fits: ["/s/a.css", "/s/b/c.css"], not: ["/t/a"] },
  { pattern: "/s/**/x", fits: ["/s/a/x", "/s/a/b/x"], not: ["/s/x"] },
  { pattern: "**", fits: ["/", "/a/b"], not: [] },
  {
    pattern: "a+b(c)[d]{e}^$|.txt",
    fits: ["/a+b(c)[d]{e}^$|.txt"],
    not: ["/aab(c)[d]{e}^$|.txt", "/a+b(c)[d]{e}^$|_txt"],
  },
  { pattern: "?.txt", fits: ["/\u{1f600}.txt", "/\u00e9.txt"], not: ["/ab.txt", "/.txt"] },
])("$pattern", ({ pattern, fits, not }) => {
  const rules = compileCacheRules({ [pattern]: "max-age=1" });
  expect(fits.filter((path) => cacheControl(rules, path) === undefined)).toEqual([]);
  expect(not.filter((path) => cacheControl(rules, path) !== undefined)).toEqual([]);
});

test("the first pattern that fits counts, and an empty value is none", () => {
  const rules = compileCacheRules({ "a.css": "", "*.css": "max-age=1", "*": "no-cache" });
  expect(["/a.css", "/b.css", "/c"].map((path) => cacheControl(rules, path))).toEqual([
    undefined,
    "max-age=1",
    "no-cache",
  ]);
});
