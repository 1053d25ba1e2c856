import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ONE_SHOT } from "../../../src/client/upstream.ts";
import type { FrontOptions } from "../../../src/front/options.ts";
import { resolveFrontOptions } from "../../../src/front/options.ts";
import type { Visit } from "../../../src/front/pipeline/visit.ts";
import { parseRequest } from "../../../src/front/request/parse-request.ts";
import type { ParsedRequest } from "../../../src/front/request/parsed-request.ts";
import { isRefusal, type Refusal } from "../../../src/front/request/refusal.ts";
import { Routes } from "../../../src/front/routes/routes.ts";
import { RouteStage } from "../../../src/front/stages/route.ts";
import { UpstreamGroup } from "../../../src/front/upstreams/upstream-group.ts";
import { type Deadlined, Deadlines } from "../../../src/net/deadlines.ts";

interface Entered {
  readonly scriptName: string | undefined;
  readonly pathInfo: string;
  readonly target: string | undefined;
  readonly refused: Refusal | undefined;
}

/** Where a request for this target would go, and under which names. */
function enterWith(
  options: FrontOptions,
): (uri: string, host?: string, length?: number) => Entered | Refusal {
  const settings = resolveFrontOptions(options);
  const deadlines = new Deadlines<Deadlined>(1000);
  const group = new UpstreamGroup(settings, deadlines, ONE_SHOT);
  const stage = new RouteStage(
    new Routes(settings, { deadlines, limits: ONE_SHOT, defaultRoute: { group } }),
  );
  return (uri, host = "a.test", length) => {
    const parsed = parse(uri, host, length);
    if (isRefusal(parsed)) return parsed;
    let refused: Refusal | undefined;
    const visit = { parsed, route: { group }, refuse: (refusal: Refusal) => (refused = refusal) };
    expect(stage.enter(visit as unknown as Visit)).toBe(refused === undefined);
    const { scriptName, pathInfo } = visit.parsed;
    return { scriptName, pathInfo, target: visit.route.group.stats()[0]?.target, refused };
  };
}

function parse(target: string, host: string, length?: number): ParsedRequest | Refusal {
  const rawHeaders = ["Host", host, ...(length === undefined ? [] : ["Content-Length", String(length)])];
  const limits = { maxHeaders: 9, maxBodyBytes: 0 };
  return parseRequest({ method: "POST", target, httpVersion: "1.1", rawHeaders }, limits);
}

const routes = [
  { path: "/api", to: "127.0.0.1:1" },
  { path: "/api/deep", to: "127.0.0.1:2" },
  { path: "/kept", to: "127.0.0.1:3", stripPrefix: false },
  { path: "/\u00e9", to: "127.0.0.1:4" },
  { host: "b.test", to: "127.0.0.1:5" },
];

describe("the prefix moves to SCRIPT_NAME", () => {
  const enter = enterWith({ to: ["127.0.0.1:9"], routes });

  test.each([
    { uri: "/api", scriptName: "/api", pathInfo: "", port: 1 },
    { uri: "/api?a/b", scriptName: "/api", pathInfo: "", port: 1 },
    { uri: "/api/", scriptName: "/api", pathInfo: "/", port: 1 },
    { uri: "/%61pi/a%20b", scriptName: "/api", pathInfo: "/a b", port: 1 },
    { uri: "/api/a%2Fb", scriptName: "/api", pathInfo: "/a/b", port: 1 },
    { uri: "/api/x/../y", scriptName: "/api", pathInfo: "/x/../y", port: 1 },
    { uri: "/api//x", scriptName: "/api", pathInfo: "//x", port: 1 },
    { uri: "/api/deep/x", scriptName: "/api/deep", pathInfo: "/x", port: 2 },
    { uri: "/apis", scriptName: undefined, pathInfo: "/apis", port: 9 },
    { uri: "/", scriptName: undefined, pathInfo: "/", port: 9 },
    { uri: "/a/../b//c", scriptName: undefined, pathInfo: "/a/../b//c", port: 9 },
    { uri: "/kept/x", scriptName: undefined, pathInfo: "/kept/x", port: 3 },
    { uri: "/%C3%A9/x", scriptName: "/\xc3\xa9", pathInfo: "/x", port: 4 },
    { uri: "http://b.test/api/x", scriptName: undefined, pathInfo: "/api/x", port: 5 },
  ])("$uri: $scriptName and $pathInfo", ({ uri, scriptName, pathInfo, port }) => {
    expect(enter(uri)).toEqual({ scriptName, pathInfo, target: `127.0.0.1:${port}`, refused: undefined });
  });

  test.each([
    "/api%2Fx",
    "/api%2fdeep",
    "/api/deep%2Fx",
    "//api",
    "/x/../api",
    "/x/%2e%2E/api",
    "/api/../x",
    "/api/deep/../x",
    "/api/..%2Fx",
    "/api/x/../../y",
    "/./api",
    "/api//../x",
    "/api/deep/..%2f..%2fx",
    "/api/../api/x",
  ])("%s is nobody's: it can be read in two ways", (uri) => {
    expect(enter(uri)).toMatchObject({ refused: { status: 400 } });
  });
});

test("SCRIPT_NAME and PATH_INFO together are the path that was asked for", () => {
  const enter = enterWith({ to: ["127.0.0.1:9"], routes });
  const part = fc.constantFrom(
    "api",
    "deep",
    "kept",
    "%61pi",
    "%C3%A9",
    "x",
    "",
    ".",
    "..",
    "a%2Fb",
    "%2E",
    "apis",
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
      const uri = `/${parts.join("/")}`;
      const parsed = parse(uri, "a.test");
      const entered = enter(uri);
      if (isRefusal(parsed) || isRefusal(entered as Refusal) || "status" in entered || entered.refused)
        return;
      expect((entered.scriptName ?? "") + entered.pathInfo).toBe(parsed.pathInfo);
      expect(entered.pathInfo === "" || entered.pathInfo.startsWith("/")).toBe(true);
      // What a program that cleans paths up makes of it is below the same prefix.
      if (entered.scriptName === undefined) return;
      const cleaned = new URL(`http://a.test${uri.replaceAll(/\/{2,}/g, "/")}`).pathname;
      expect(decodeURIComponent(cleaned)).toMatch(/^\/(?:api|\u00e9)(?:\/|$)/);
    }),
    { numRuns: 500 },
  );
});

describe("limits of bodies", () => {
  const enter = enterWith({
    to: ["127.0.0.1:9"],
    maxBodyBytes: 10,
    routes: [
      { path: "/small", to: "127.0.0.1:1", maxBodyBytes: 5 },
      { path: "/large", to: "127.0.0.1:2", maxBodyBytes: 20 },
      { path: "/any", to: "127.0.0.1:3", maxBodyBytes: 0 },
    ],
  });

  test.each([
    ["/small", 5, undefined],
    ["/small", 6, 413],
    ["/large", 20, undefined],
    ["/large", 21, 413],
    ["/any", 1_000_000, undefined],
    ["/", 10, undefined],
    ["/", 11, 413],
  ])("%s with %i bytes: %s", (uri, length, status) => {
    const { refused } = enter(uri, "a.test", length) as Entered;
    expect(refused?.status).toBe(status);
  });
});
