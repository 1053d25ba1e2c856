import { expect, test } from "vitest";
import { resolveDots } from "../../src/front/dot-segments.ts";

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
