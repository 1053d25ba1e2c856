import fc from "fast-check";
import { expect, test } from "vitest";
import { parseOriginForm } from "../../../src/client/request-target.ts";
import { otherReadings } from "../../../src/front/routes/path-readings.ts";

function readingsOf(requestUri: string): readonly string[] {
  return otherReadings(requestUri, parseOriginForm(requestUri)?.pathInfo ?? "");
}

test.each(["/", "/a", "/a/b/", "/a%20b", "/a.b/c..d", "/a?x=%2F", "/a?x=/../y", "/a%3F", "/a?//"])(
  "%s has one reading",
  (requestUri) => {
    expect(readingsOf(requestUri)).toEqual([]);
  },
);

test.each([
  ["/a/../b", ["/b"]],
  ["/a/./b", ["/a/b"]],
  ["/a/%2e%2E/b", ["/b"]],
  ["//a", ["/a"]],
  ["/a//../b", ["/a/b", "/b"]],
  ["/a/..", ["/"]],
  ["/a/b/..", ["/a/"]],
  ["/a/.", ["/a/"]],
  ["/a%2Fb", ["/a%2Fb"]],
  ["/a%2fb?%2F", ["/a%2fb"]],
  ["/a/b%2F..%2F..%2Fc", ["/c", "/a/b%2F..%2F..%2Fc"]],
  ["/a/b/c%2Fd/../../e", ["/a/b/e", "/a/b/c%2Fd/../../e", "/a/e"]],
])("%s can be read as %j too", (requestUri, readings) => {
  expect([...readingsOf(requestUri)].sort()).toEqual([...readings].sort());
});

test("what a URL parser makes of a path is among its readings", () => {
  const part = fc.constantFrom("a", "b", ".", "..", "", "%2F", "%2e", "%2E.", "a%2fb");
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 7 }), (parts) => {
      const requestUri = `/${parts.join("/")}`;
      const { pathInfo = "" } = parseOriginForm(requestUri) ?? {};
      // A URL that begins with two slashes would be read as one of another host.
      const parsed = new URL(`http://a.test${requestUri}`).pathname;
      const decoded = parseOriginForm(
        parsed.replaceAll(/%2f/gi, (slash) => `%25${slash.slice(1)}`),
      )?.pathInfo;
      expect([pathInfo, ...readingsOf(requestUri)]).toContain(decoded);
    }),
  );
});
