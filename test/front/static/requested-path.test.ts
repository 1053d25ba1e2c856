import { posix } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { requestedPath } from "../../../src/front/static/requested-path.ts";

/** A path as it is after percent-decoding: a character per byte. */
const bytes = (text: string): string => Buffer.from(text).toString("latin1");

test.each([
  { rest: "", segments: [], hasSlash: false },
  { rest: "/", segments: [], hasSlash: true },
  { rest: "/a", segments: ["a"], hasSlash: false },
  { rest: "/a/", segments: ["a"], hasSlash: true },
  { rest: "/a/b.txt", segments: ["a", "b.txt"], hasSlash: false },
  { rest: "/a b;c&d'e%2e", segments: ["a b;c&d'e%2e"], hasSlash: false },
  { rest: "/a..b", segments: ["a..b"], hasSlash: false },
  { rest: "/a.", segments: ["a."], hasSlash: false },
  { rest: "/__proto__", segments: ["__proto__"], hasSlash: false },
  { rest: bytes("/\u00e9/\u65e5.txt"), segments: ["\u00e9", "\u65e5.txt"], hasSlash: false },
  { rest: bytes("/\ufeffa"), segments: ["\ufeffa"], hasSlash: false },
  { rest: bytes("/\u{1f600}"), segments: ["\u{1f600}"], hasSlash: false },
])("$rest is a path", ({ rest, segments, hasSlash }) => {
  expect(requestedPath(rest, false)).toEqual({ segments, hasSlash });
});

test.each([
  { what: "a parent", rest: "/.." },
  { what: "a parent in between", rest: "/a/../b" },
  { what: "a parent at the end", rest: "/a/.." },
  { what: "a parent behind a slash too many", rest: "//../a" },
  { what: "the directory itself", rest: "/./a" },
  { what: "three dots", rest: "/.../a" },
  { what: "a name that begins with two dots", rest: "/..foo" },
  { what: "a hidden file", rest: "/.htaccess" },
  { what: "a hidden directory", rest: "/.git/config" },
  { what: "a hidden file below", rest: "/a/.env" },
  { what: "a hidden directory with a slash", rest: "/a/.git/" },
  { what: "an empty segment first", rest: "//etc/passwd" },
  { what: "an empty segment in between", rest: "/a//b" },
  { what: "two slashes at the end", rest: "/a//" },
  { what: "two slashes", rest: "//" },
  { what: "a backslash", rest: "/a\\b" },
  { what: "a parent with a backslash", rest: "/..\\secret" },
  { what: "a NUL", rest: "/a\0.png" },
  { what: "a line feed", rest: "/a\nb" },
  { what: "an escape", rest: "/a\x1b" },
  { what: "a DEL", rest: "/a\x7f" },
  { what: "overlong dots", rest: "/\xc0\xae\xc0\xae/secret" },
  { what: "an overlong slash", rest: "/a\xc0\xafb" },
  { what: "overlong dots of three bytes", rest: "/\xe0\x80\xae\xe0\x80\xae/secret" },
  { what: "a byte that is no UTF-8", rest: "/\xff" },
  { what: "half a character", rest: "/\xc3" },
  { what: "a surrogate", rest: "/\xed\xa0\x80" },
])("$what leads to no file", ({ rest }) => {
  expect(requestedPath(rest, true)).toBeUndefined();
});

describe(".well-known", () => {
  test("is served at the top of the site", () => {
    expect(requestedPath("/.well-known/acme/x", true)?.segments).toEqual([".well-known", "acme", "x"]);
  });

  test.each([
    { what: "under a prefix", rest: "/.well-known/x", isTop: false },
    { what: "further down", rest: "/a/.well-known/x", isTop: true },
    { what: "with more to its name", rest: "/.well-known-x", isTop: true },
    { what: "with a hidden file in it", rest: "/.well-known/.x", isTop: true },
  ])("is not $what", ({ rest, isTop }) => {
    expect(requestedPath(rest, isTop)).toBeUndefined();
  });
});

test("whatever the bytes, a path that is served lies below the directory, and has one spelling", () => {
  const piece = fc.oneof(
    fc.constantFrom("/", ".", "..", "\\", "\0", "%2e", "a", "\xc0\xae", "\xc3\xa9", "~", ":", ".well-known"),
    fc.string({ unit: "binary-ascii", maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), fc.boolean(), (pieces, isTop) => {
      const rest = `/${pieces.join("")}`;
      const requested = requestedPath(rest, isTop);
      if (requested === undefined) return;
      const { segments, hasSlash } = requested;
      const path = posix.join("/root", ...segments);
      expect(path === "/root" || path.startsWith("/root/")).toBe(true);
      expect(bytes(`/${[...segments, ...(hasSlash ? [""] : [])].join("/")}`)).toBe(rest);
    }),
    { numRuns: 2000 },
  );
});
