import { describe, expect, test } from "vitest";
import { climbs, resolveDots } from "../../src/front/dot-segments.ts";

test.each([
  ["/", "/", "/"],
  ["/a/b", "/a/b", "/a/b"],
  ["/a/", "/a/", "/a/"],
  ["/a/.", "/a/", "/a/"],
  ["/a/b/..", "/a/", "/a/"],
  ["/a/..", "/", "/"],
  ["/../../a", "/a", "/a"],
  ["/..a/b..", "/..a/b..", "/..a/b.."],
  ["//a", "//a", "/a"],
  ["/a//../b", "/a/b", "/b"],
  ["/a//", "/a//", "/a/"],
])("%s is %s, and %s with slashes joined", (path, kept, joined) => {
  expect(resolveDots(path, false)).toBe(kept);
  expect(resolveDots(path, true)).toBe(joined);
});

describe("climbs", () => {
  test.each(["", "/", "/a", "/a/..", "/a/../b", "/a/b/../..", "/..a", "/a..", "/./a", "/a//..//b"])(
    "%j does not",
    (path) => {
      expect(climbs(path)).toBe(false);
    },
  );

  test.each(["/..", "/../a", "/a/../..", "/./..", "//..", "/a/../../a"])("%j does", (path) => {
    expect(climbs(path)).toBe(true);
  });
});
