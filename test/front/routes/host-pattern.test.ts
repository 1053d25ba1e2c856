import { expect, test } from "vitest";
import { canonicalHost, parseHostPattern } from "../../../src/front/routes/host-pattern.ts";

test.each([
  ["example.com", "example.com"],
  ["EXAMPLE.com.", "example.com"],
  ["*.Example.com", "*.example.com"],
  ["127.0.0.1", "127.0.0.1"],
  ["[::1]", "[::1]"],
  ["localhost", "localhost"],
  ["*", ""],
])("%s is a host", (text, pattern) => {
  expect(parseHostPattern(text, "--vhost")).toBe(pattern);
});

test.each([
  "",
  "a.*.com",
  "*example.com",
  "**.com",
  "*.",
  "*.[::1]",
  "example.com:80",
  "a b",
  "a/b",
  "b\u00fccher.de",
  ".com",
])("%j is none", (text) => {
  const call = (): string => parseHostPattern(text, "--vhost x");
  expect(call).toThrow(expect.objectContaining({ code: "UWB_ERR_CONFIG", option: "routes" }));
  expect(call).toThrow(/^--vhost x: expected a host/);
});

test.each([
  ["A.Example.COM", "a.example.com"],
  ["a.example.com.", "a.example.com"],
  ["[::1]", "[::1]"],
  [`${"a.".repeat(130)}com`, ""],
])("the host %s is compared as %s", (host, name) => {
  expect(canonicalHost(host)).toBe(name);
});
