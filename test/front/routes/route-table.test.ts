import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseHostPattern } from "../../../src/front/routes/host-pattern.ts";
import { RouteTable } from "../../../src/front/routes/route-table.ts";
import { parsePrefix } from "../../../src/front/static/url-prefix.ts";

/** `example.com/api`, or `/api` for every host. */
function route(text: string) {
  const slash = text.indexOf("/");
  const host = parseHostPattern(text.slice(0, slash) || "*", "host");
  return { text, host, prefix: parsePrefix(text.slice(slash), "path") };
}

function found(table: RouteTable<ReturnType<typeof route>>, host: string | undefined, path: string) {
  const result = table.find(host, path);
  return typeof result === "number" ? result : result.text;
}

describe("paths", () => {
  const table = new RouteTable(["/api", "/api/v2", "/apis", "/\u00e9t\u00e9"].map(route));

  test.each([
    ["/api", "/api"],
    ["/api/", "/api"],
    ["/api/x", "/api"],
    ["/api/v2", "/api/v2"],
    ["/api/v2/x", "/api/v2"],
    ["/api/v20", "/api"],
    ["/apis", "/apis"],
    ["/apix", 404],
    ["/API", 404],
    ["//api", 404],
    ["/", 404],
    ["/\u00c3\u00a9t\u00c3\u00a9/x", "/\u00e9t\u00e9"],
  ])("%s takes the route %s", (path, wanted) => {
    expect(found(table, "any.test", path)).toBe(wanted);
    expect(found(table, undefined, path)).toBe(wanted);
  });
});

describe("hosts", () => {
  const names = [
    "a.test/",
    "b.test/only",
    "*.test/",
    "*.deep.test/",
    "*.deep.test/api",
    "x.deep.test/api",
    "[::1]/",
    "/health",
  ];
  const table = new RouteTable(names.map(route));

  test.each([
    ["a.test", "/x", "a.test/"],
    ["A.TEST", "/x", "a.test/"],
    ["a.test.", "/x", "a.test/"],
    ["a.test", "/health", "a.test/"],
    ["b.test", "/only/x", "b.test/only"],
    ["b.test", "/other", "*.test/"],
    ["c.test", "/x", "*.test/"],
    ["c.d.test", "/x", "*.test/"],
    ["y.deep.test", "/x", "*.deep.test/"],
    ["y.deep.test", "/api", "*.deep.test/api"],
    ["x.deep.test", "/api/1", "x.deep.test/api"],
    ["x.deep.test", "/x", "*.deep.test/"],
    ["deep.test", "/api", "*.test/"],
    ["test", "/x", 421],
    ["atest", "/x", 421],
    ["[::1]", "/x", "[::1]/"],
    ["other.example", "/health", "/health"],
    ["other.example", "/x", 421],
    [undefined, "/x", 421],
    [undefined, "/health/", "/health"],
    [`${"a.".repeat(4000)}test`, "/x", 421],
  ])("%s%s takes the route %s", (host, path, wanted) => {
    expect(found(table, host, path)).toBe(wanted);
  });

  test("a host that has routes for other paths only is answered 404", () => {
    const some = new RouteTable(["b.test/only", "*.c.test/only"].map(route));
    expect(found(some, "b.test", "/x")).toBe(404);
    expect(found(some, "x.c.test", "/x")).toBe(404);
    expect(found(some, "c.test", "/x")).toBe(421);
  });

  test("a default for every host goes behind all of them", () => {
    const some = new RouteTable(["b.test/only", "/"].map(route));
    expect(found(some, "b.test", "/x")).toBe("/");
    expect(found(some, "unknown.test", "/x")).toBe("/");
  });
});

test("the route found is the longest of those that fit, in whatever order they were given", () => {
  const segment = fc.constantFrom("a", "b", "ab");
  const paths = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join("/")}`);
  fc.assert(
    fc.property(fc.uniqueArray(paths, { maxLength: 8 }), paths, (prefixes, path) => {
      const fitting = prefixes.filter(
        (prefix) => prefix === "/" || path === prefix || path.startsWith(`${prefix}/`),
      );
      const longest = fitting.sort((one, other) => other.length - one.length)[0] ?? 404;
      expect(found(new RouteTable(prefixes.map(route)), "a.test", path)).toBe(longest);
    }),
  );
});
