import { expect, test } from "vitest";
import { byLength, longestPrefix, parsePrefix } from "../../../src/front/static/url-prefix.ts";

test.each([
  ["/", ""],
  ["/s", "/s"],
  ["/s/", "/s"],
  ["/a/b", "/a/b"],
  ["/favicon.ico", "/favicon.ico"],
  ["/a b", "/a b"],
  ["/\u00e9", "/\u00c3\u00a9"],
])("%j is a prefix", (text, prefix) => {
  expect(parsePrefix(text, "staticMaps")).toBe(prefix);
});

test.each(["", "s", "http://a/s", "//s", "/s//", "/a//b", "/..", "/a/./b", "/s?x", "/s#x", "/s\\x", "/s\0"])(
  "%j is none",
  (text) => {
    expect(() => parsePrefix(text, "staticMaps")).toThrow(
      expect.objectContaining({ code: "UWB_ERR_CONFIG", option: "staticMaps" }),
    );
  },
);

const items = byLength(["", "/s", "/s/deep", "/other"].map((prefix) => ({ prefix })));

test.each([
  { path: "/s", prefix: "/s" },
  { path: "/s/", prefix: "/s" },
  { path: "/s/a", prefix: "/s" },
  { path: "/s/deep", prefix: "/s/deep" },
  { path: "/s/deep/a", prefix: "/s/deep" },
  { path: "/s/deeper", prefix: "/s" },
  { path: "/s-secret/leak.txt", prefix: "" },
  { path: "/s../secret.txt", prefix: "" },
  { path: "/S/a", prefix: "" },
  { path: "/", prefix: "" },
  { path: "//s/a", prefix: "" },
])("$path has the prefix $prefix", ({ path, prefix }) => {
  expect(longestPrefix(items, path)?.prefix).toBe(prefix);
});

test("a path under no prefix has none", () => {
  const some = byLength([{ prefix: "/s" }]);
  expect(longestPrefix(some, "/s-secret")).toBeUndefined();
  expect(longestPrefix(some, "/")).toBeUndefined();
});
