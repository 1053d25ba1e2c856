import { describe, expect, test } from "vitest";
import { createFront } from "../../../src/front/front.ts";
import { checkRoutes } from "../../../src/front/routes/check-routes.ts";
import type { RouteOptions } from "../../../src/front/routes/route-options.ts";

test("routes of every kind", () => {
  const routes: RouteOptions[] = [
    { path: "/a", to: "unix:/run/a.sock", readTimeoutMs: 1, params: { A: "1" } },
    { host: "example.com", to: ["127.0.0.1:1", "uwsgi://127.0.0.1:2"], modifier1: 5 },
    { host: "*.example.com", path: "/a", to: ["http://127.0.0.1:1/b", "http://127.0.0.1:2/b/"] },
    { path: "/unix", to: "http+unix:/run/b.sock" },
    { path: "/old", redirect: "/new", status: 308 },
    { path: "/health", respond: "ok" },
    { path: "/gone", respond: "", status: 410 },
  ];
  expect(() => checkRoutes(routes, true)).not.toThrow();
});

test.each<{ route: object; message: RegExp }>([
  { route: {}, message: /one of to, redirect and respond/ },
  { route: { to: "a:1", respond: "ok" }, message: /one of to, redirect and respond/ },
  { route: { path: "a", to: "a:1" }, message: /expected a URL prefix/ },
  { route: { path: "/a//b", to: "a:1" }, message: /expected a URL prefix/ },
  { route: { host: "a:1", to: "a:1" }, message: /without a port/ },
  { route: { path: "/a", to: [] }, message: /name at least one server/ },
  { route: { path: "/a", to: "nowhere" }, message: /"nowhere" is not an address/ },
  { route: { path: "/a", to: "fd://3" }, message: /not an address/ },
  { route: { path: "/a", to: "https://a.test" }, message: /without TLS/ },
  { route: { path: "/a", to: ["a:1", "http://a:1"] }, message: /speak uwsgi, or all of them HTTP/ },
  { route: { path: "/a", to: ["http://a:1/x", "http://a:1"] }, message: /the same base path/ },
  { route: { path: "/a", to: "http://a:1", modifier1: 0 }, message: /modifier1 is for uwsgi servers/ },
  { route: { path: "/a", to: "http://a:1", params: {} }, message: /params is for uwsgi servers/ },
  {
    route: { path: "/a", to: "a:1", readTimeoutMs: 0 },
    message: /readTimeoutMs must be a whole number from 1/,
  },
  { route: { path: "/a", to: "a:1", modifier1: 256 }, message: /modifier1 must be .* from 0 to 255/ },
  { route: { path: "/a", to: "a:1", params: { UWSGI_FILE: "x" } }, message: /UWSGI_FILE/ },
  { route: { path: "/a", redirect: "//evil.test" }, message: /expected a path such as/ },
  { route: { path: "/a", redirect: "/b", status: 303 }, message: /301, 302, 307 or 308/ },
  { route: { path: "/a", redirect: "/a/" }, message: /leads to itself/ },
  { route: { path: "/", redirect: "/" }, message: /leads to itself/ },
  { route: { path: "/a", respond: "ok", status: 100 }, message: /status must be .* from 200 to 599/ },
])("$route is refused", ({ route, message }) => {
  const call = (): void => checkRoutes([{ path: "/ok", respond: "" }, route as RouteOptions], false);
  expect(call).toThrow(message);
  expect(call).toThrow(/^routes\[1\] /);
});

describe("two routes for the same requests", () => {
  test.each([
    [
      { path: "/a", respond: "" },
      { path: "/a/", respond: "" },
    ],
    [{ respond: "" }, { host: "*", path: "/", respond: "" }],
    [
      { host: "A.test", respond: "" },
      { host: "a.test.", respond: "" },
    ],
  ])("%j and %j are refused", (...routes) => {
    expect(() => checkRoutes(routes, false)).toThrow(
      /^routes\[1\] .*: routes\[0\] .* is for the same requests/,
    );
  });

  test("the servers for everything are one of them", () => {
    expect(() => createFront({ to: ["a:1"], routes: [{ to: "a:2" }] })).toThrow(
      /the option to .* same requests/,
    );
    expect(() => createFront({ to: ["a:1"], routes: [{ host: "a.test", to: "a:2" }] })).not.toThrow();
  });
});

test("routes alone are enough for a front", () => {
  expect(() => createFront({ routes: [{ path: "/a", to: "a:1" }] })).not.toThrow();
  expect(() => createFront({ routes: [] })).toThrow(/--to/);
});
