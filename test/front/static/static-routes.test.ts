import { describe, expect, test } from "vitest";
import { STATIC_DEFAULTS } from "../../../src/front/static/static-options.ts";
import { StaticRoutes } from "../../../src/front/static/static-routes.ts";

const routes = new StaticRoutes(
  {
    ...STATIC_DEFAULTS,
    staticMaps: { "/s": "/srv/s", "/s/deep": "/srv/deep" },
    checkStatic: ["/srv/one", "/srv/two"],
    staticFallbacks: { "/app": "/srv/app.html", "/s": "/srv/s.html" },
  },
  true,
);

test.each([
  { path: "/s/a.txt", roots: [["/srv/s"]], otherwise: 404 },
  { path: "/s/a", roots: [["/srv/s"], ["/srv/s.html"]], otherwise: 404 },
  { path: "/s", roots: [["/srv/s"], ["/srv/s.html"]], otherwise: 404 },
  { path: "/s/deep/a", roots: [["/srv/deep"], ["/srv/s.html"]], otherwise: 404 },
  { path: "/a", roots: [["/srv/one", "/srv/two"]], otherwise: "pass" },
  { path: "/s-secret/a", roots: [["/srv/one", "/srv/two"]], otherwise: "pass" },
  { path: "/app/x", roots: [["/srv/one", "/srv/two"], ["/srv/app.html"]], otherwise: "pass" },
  { path: "/app/x.js", roots: [["/srv/one", "/srv/two"]], otherwise: "pass" },
])("GET $path looks in $roots, otherwise $otherwise", ({ path, roots, otherwise }) => {
  for (const method of ["GET", "HEAD"]) {
    const route = routes.route(method, path);
    if (typeof route !== "object") throw new Error(`decided at once: ${route}`);
    expect(route.places.map((place) => place.roots.map((root) => root.path))).toEqual(roots);
    expect(route.otherwise).toBe(otherwise);
  }
});

test.each([
  { method: "POST", path: "/s/a", decision: 405 },
  { method: "get", path: "/s/a", decision: 405 },
  { method: "POST", path: "/a", decision: "pass" },
  { method: "POST", path: "/app/x", decision: "pass" },
  { method: "GET", path: "/s/../a", decision: 404 },
  { method: "GET", path: "/s/.env", decision: 404 },
  { method: "GET", path: "/app/.env", decision: "pass" },
  { method: "GET", path: "/a//b", decision: "pass" },
])("$method $path is decided at once: $decision", ({ method, path, decision }) => {
  expect(routes.route(method, path)).toBe(decision);
});

test("pages of different prefixes are different, and none is mistaken for a path", () => {
  const keys = ["/app/x", "/app/y", "/s/x"].map((path) => {
    const route = routes.route("GET", path);
    return typeof route === "object" ? route.places.at(-1)?.key : undefined;
  });
  expect(keys[0]).toBe(keys[1]);
  expect(keys[2]).not.toBe(keys[0]);
  expect(keys.every((key) => key?.startsWith("\0"))).toBe(true);
});

describe("without any option", () => {
  test.each([
    { hasServers: true, decision: "pass" },
    { hasServers: false, decision: 404 },
  ])("with servers: $hasServers -> $decision", ({ hasServers, decision }) => {
    const none = new StaticRoutes(STATIC_DEFAULTS, hasServers);
    expect(none.route("GET", "/a")).toBe(decision);
    expect(none.route("POST", "/a")).toBe(decision);
  });
});

test.each([
  { path: "/s/deep/a", routePrefix: "/s", roots: [["/srv/deep"], ["/srv/s.html"]] },
  { path: "/s/deep/a", routePrefix: "/s/deep", roots: [["/srv/deep"]] },
  { path: "/s/deep/a", routePrefix: "/s/deep/a", roots: undefined },
  { path: "/app/x", routePrefix: "/app", roots: [["/srv/app.html"]] },
  { path: "/app/x", routePrefix: "/app/x", roots: undefined },
  { path: "/a", routePrefix: "/a", roots: undefined },
])("GET $path with a route for $routePrefix looks in $roots", ({ path, routePrefix, roots }) => {
  const route = routes.route("GET", path, routePrefix);
  const places = typeof route === "object" ? route.places : undefined;
  expect(places?.map((place) => place.roots.map((root) => root.path))).toEqual(roots);
});
