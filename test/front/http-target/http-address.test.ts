import { expect, test } from "vitest";
import { isHttpTarget, parseHttpAddress } from "../../../src/front/http-target/http-address.ts";

test.each([
  ["http://127.0.0.1:8001", "127.0.0.1:8001", ""],
  ["http://127.0.0.1:8001/base;weight=2;backup", "127.0.0.1:8001", "/base", ";weight=2;backup"],
  ["http://127.0.0.1:8001/", "127.0.0.1:8001", ""],
  ["http://app.test/base/", "app.test:80", "/base"],
  ["http://app.test:/", "app.test:80", ""],
  ["http://[::1]:81/a/b%20c", "[::1]:81", "/a/b%20c"],
  ["http+unix:/run/app.sock", "unix:/run/app.sock", ""],
])("%s", (text, address, base, options = "") => {
  expect(isHttpTarget(text)).toBe(true);
  expect(parseHttpAddress(text, "--mount /p")).toEqual({ address, options, base });
});

test.each([
  "http://",
  "http://a.test:0",
  "http://a.test:65536",
  "http://user@a.test",
  "http://a.test/b?c",
  "http://a.test/../b",
  "http://a.test/b\\c",
  "http://a.test/b c",
  "http:/a.test",
  "http+unix:relative",
  "https://a.test",
  "HTTP://a.test",
])("%j is none", (text) => {
  expect(() => parseHttpAddress(text, "--mount /p")).toThrow(/^--mount \/p: /);
  expect(isHttpTarget(text)).toBe(true);
});

test.each(["a.test:80", "unix:/http:", "uwsgi://a.test:1", "http.test:1"])("%s is no HTTP server", (text) => {
  expect(isHttpTarget(text)).toBe(false);
});
