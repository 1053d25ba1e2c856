import fc from "fast-check";
import { expect, test } from "vitest";
import { checkRedirect, redirectLocation } from "../../../src/front/routes/redirect-location.ts";

function locationOf(target: string, prefix: string, requestUri: string): string | undefined {
  const mark = requestUri.indexOf("?");
  return redirectLocation(
    { requestUri, queryString: mark === -1 ? "" : requestUri.slice(mark + 1) },
    prefix,
    target,
  );
}

test.each([
  "/",
  "/new",
  "/new/",
  "/a/b~c",
  "https://example.com",
  "http://example.com:81/",
  "https://[::1]/x",
  "/%20",
])("%s may be redirected to", (target) => {
  expect(() => checkRedirect(target, "--redirect")).not.toThrow();
});

test.each([
  "",
  "new",
  "//evil.test",
  "/new?a=b",
  "/new#a",
  "/a\\b",
  "/a b",
  "/a\r\nSet-Cookie: a=b",
  "ftp://example.com",
  "https://",
  "https:///x",
  "https://user@example.com/",
  "https://example.com:0/",
  "javascript:alert(1)",
  "/\u00e9",
])("%j may not", (target) => {
  expect(() => checkRedirect(target, "--redirect /old")).toThrow(/^--redirect \/old: expected a path/);
});

test.each([
  { target: "/new", prefix: "/old", uri: "/old", location: "/new" },
  { target: "/new", prefix: "/old", uri: "/old?a=b&c", location: "/new?a=b&c" },
  { target: "/new", prefix: "/old", uri: "/old/", location: "/new/" },
  { target: "/new/", prefix: "/old", uri: "/old", location: "/new/" },
  { target: "/new/", prefix: "/old", uri: "/old/x", location: "/new/x" },
  { target: "/", prefix: "/old", uri: "/old/x?y", location: "/x?y" },
  { target: "/new", prefix: "/old", uri: "/old/a%0d%0ab", location: "/new/a%0d%0ab" },
  { target: "/new", prefix: "/old", uri: "/old//evil.test", location: "/new//evil.test" },
  { target: "/", prefix: "/old", uri: "/old//evil.test", location: undefined },
  { target: "/", prefix: "/old", uri: "/old/%2Fevil.test", location: "/%2Fevil.test" },
  { target: "/new", prefix: "/old", uri: "/old/\\evil.test", location: undefined },
  { target: "/new", prefix: "/old", uri: "/old/a\r\nb", location: undefined },
  { target: "/new", prefix: "/old", uri: "/old?\x7f", location: undefined },
  { target: "https://example.com", prefix: "/old", uri: "/old", location: "https://example.com" },
  {
    target: "https://example.com",
    prefix: "",
    uri: "//evil.test/?",
    location: "https://example.com//evil.test/",
  },
  { target: "https://example.com", prefix: "/old", uri: "/older", location: undefined },
  { target: "https://example.com/", prefix: "", uri: "/x?q", location: "https://example.com/x?q" },
])("$uri is sent to $location ($prefix=$target)", ({ target, prefix, uri, location }) => {
  expect(locationOf(target, prefix, uri)).toBe(location);
});

test("the host is that of the configuration, or stays that of the request, whatever is asked for", () => {
  const char = fc.constantFrom(
    "/",
    "\\",
    "@",
    ":",
    "?",
    "#",
    ".",
    "%2F",
    "%5C",
    "evil.test",
    "a",
    "\t",
    "\n",
    " ",
  );
  const uris = fc.array(char, { maxLength: 12 }).map((chars) => `/old/${chars.join("")}`);
  const targets = fc.constantFrom("/", "/new", "https://example.com", "https://example.com/new/");
  fc.assert(
    fc.property(uris, targets, fc.constantFrom("", "/old"), (uri, target, prefix) => {
      const location = locationOf(target, prefix, uri);
      if (location === undefined) return;
      const host = new URL(location, "http://request.test/").host;
      expect(host).toBe(target.startsWith("https") ? "example.com" : "request.test");
    }),
  );
});
