import fc from "fast-check";
import { expect, test } from "vitest";
import { parseOriginForm } from "../../../src/client/request-target.ts";
import { rawRest } from "../../../src/front/routes/raw-rest.ts";

test.each([
  { requestUri: "/p", prefix: "/p", rest: "" },
  { requestUri: "/p?q", prefix: "/p", rest: "" },
  { requestUri: "/p/", prefix: "/p", rest: "/" },
  { requestUri: "/p/a%20b?c=/d", prefix: "/p", rest: "/a%20b" },
  { requestUri: "/%70/a", prefix: "/p", rest: "/a" },
  { requestUri: "/%c3%A9/a%2Fb", prefix: "/\xc3\xa9", rest: "/a%2Fb" },
  { requestUri: "/a?b", prefix: "", rest: "/a" },
])("behind $prefix in $requestUri comes $rest", ({ requestUri, prefix, rest }) => {
  expect(rawRest(requestUri, prefix)).toBe(rest);
});

test("prefix and decoded rest are the decoded path, however it was spelt", () => {
  const char = fc.constantFrom("a", "/", "%61", "%2F", "%C3%A9", "~", "%");
  fc.assert(
    fc.property(fc.array(char, { maxLength: 20 }), fc.nat(20), (chars, at) => {
      const requestUri = `/${chars.filter((text) => text !== "%").join("")}`;
      const path = parseOriginForm(requestUri)?.pathInfo ?? "";
      const prefix = path.slice(0, at);
      const rest = rawRest(requestUri, prefix);
      expect(requestUri.endsWith(rest)).toBe(true);
      expect(prefix + (parseOriginForm(rest)?.pathInfo ?? "")).toBe(path);
    }),
  );
});
