import { expect, test } from "vitest";
import { MethodRules } from "../../../src/front/access/method-rules.ts";
import { PathRules } from "../../../src/front/access/path-rules.ts";

test.each([
  ["/admin", "/admin", true],
  ["/admin", "/admin/", false],
  ["/admin", "/admin2", false],
  ["/admin/*", "/admin/a", true],
  ["/admin/*", "/admin/a/b", false],
  ["/admin/*", "/admin", false],
  ["/admin/**", "/admin/a/b", true],
  ["/admin/**", "/admin/", true],
  ["/admin/**", "/admin", true],
  ["/admin/**", "/administrator", false],
  ["/admin**", "/administrator", true],
  ["/**", "/", true],
  ["/**/.git/**", "/a/.git/config", true],
  ["/a?c", "/abc", true],
  ["/a?c", "/a/c", false],
  ["/a.b", "/axb", false],
  ["/admin/**", "//admin/x", true],
  ["/admin/**", "/./admin/x", true],
  ["/admin/**", "/x/../admin/x", true],
  ["/admin/**", "/admin/../x", true],
  ["/admin", "/x/../admin", true],
  ["/admin", "/x//../admin/.", false],
  ["/admin/", "/x/../admin/.", true],
  ["/admin/*", "/admin//../x", true],
  ["/admin/x.php", "/admin//../x.php", true],
  ["/x", "/admin//../x", true],
  ["/x/y", "/x/./y", true],
  ["/x/y", "/z/./y", false],
  ["/é", "/\u00c3\u00a9", true],
  ["/?", "/\u00c3\u00a9", true],
])("%s denies %j: %s", (glob, path, expected) => {
  expect(new PathRules([glob]).denies(path)).toBe(expected);
});

test("any of several patterns denies", () => {
  const rules = new PathRules(["/a", "/b"]);
  expect(["/a", "/b", "/c"].map((path) => rules.denies(path))).toEqual([true, true, false]);
});

test.each([
  [["GET"], "GET, HEAD", ["GET", "HEAD"]],
  [["POST", "GET", "HEAD"], "POST, GET, HEAD", ["GET", "HEAD", "POST"]],
  [["HEAD"], "HEAD", ["HEAD"]],
])("%j are %s", (methods, field, allowed) => {
  const rules = new MethodRules(methods);
  expect(rules.field).toBe(field);
  expect(["DELETE", "GET", "HEAD", "POST"].filter((method) => rules.allows(method))).toEqual(allowed);
});
