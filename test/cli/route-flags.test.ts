import { readFileSync } from "node:fs";
import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { addFrontFlags, addHttpFlag, type FrontFlags, frontOptions } from "../../src/cli/front-flags.ts";
import { addRouteFlags, type RouteFlags, routeOptions } from "../../src/cli/route-flags.ts";
import { ConfigError } from "../../src/errors.ts";
import { resolveFrontOptions } from "../../src/front/options.ts";
import { runCli } from "../support/cli-io.ts";

function routesOf(...args: readonly string[]) {
  const command = addRouteFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(args, { from: "user" });
  return routeOptions(command.opts<RouteFlags>());
}

test.each<{ args: readonly string[]; routes: unknown }>([
  { args: [], routes: undefined },
  { args: ["--mount", "/p=unix:/s"], routes: [{ path: "/p", to: ["unix:/s"] }] },
  { args: ["--mount", "/=a:1;read-timeout=5s"], routes: [{ path: "/", to: ["a:1"], readTimeoutMs: 5000 }] },
  {
    args: ["--mount", "/ws=http://a:1/b=c;websocket=on"],
    routes: [{ path: "/ws", to: ["http://a:1/b=c"], websocket: true }],
  },
  {
    args: [
      "--mount",
      "/p=a:1;max-body=1;param=A=1",
      "--mount",
      "/q=b:1",
      "--mount",
      "/p/=a:2;max-body=1;param=B=2",
    ],
    routes: [
      { path: "/p/", to: ["a:1", "a:2"], maxBodyBytes: 1, params: { A: "1", B: "2" } },
      { path: "/q", to: ["b:1"] },
    ],
  },
  { args: ["--vhost", "a.test=a:1"], routes: [{ host: "a.test", path: "/", to: ["a:1"] }] },
  { args: ["--vhost", "*.a.test/p=a:1"], routes: [{ host: "*.a.test", path: "/p", to: ["a:1"] }] },
  {
    args: ["--vhost", "A.test=a:1", "--vhost", "a.test=a:2"],
    routes: [{ host: "a.test", path: "/", to: ["a:1", "a:2"] }],
  },
  { args: ["--redirect", "/old=/new"], routes: [{ path: "/old", redirect: "/new", status: 302 }] },
  {
    args: ["--redirect", "a.test/=https://b.test;status=308"],
    routes: [{ host: "a.test", path: "/", redirect: "https://b.test", status: 308 }],
  },
  {
    args: ["--respond", "/health=200:ok; yes=1"],
    routes: [{ path: "/health", respond: "ok; yes=1", status: 200 }],
  },
  { args: ["--respond", "/gone=410"], routes: [{ path: "/gone", respond: "", status: 410 }] },
])("$args", ({ args, routes }) => {
  expect(routesOf(...args)).toEqual(routes);
});

describe("an error names the flag and what is wrong", () => {
  test.each([
    [["--mount", "/p"], '--mount: expected /prefix=target, got "/p"'],
    [["--mount", "a.test/p=a:1"], '--mount: expected /prefix=target, got "a.test/p=a:1"'],
    [["--mount", "/p=a:1;weigth=1"], '--mount /p: there is no option "weigth"'],
    [["--mount", "/p=a:1;read-timeout=x"], "--mount /p: read-timeout expects a time"],
    [
      ["--mount", "/p=a:1;read-timeout=1s", "--mount", "/p=a:2;read-timeout=2s"],
      "--mount /p: the targets of a pool differ in readTimeoutMs",
    ],
    [["--mount", "/p=nowhere"], '--mount /p: "nowhere" is not an address'],
    [["--mount", "/p="], '--mount /p: "" is not an address'],
    [["--mount", "/p=http://a:1;modifier1=5"], "--mount /p: modifier1 is for uwsgi servers"],
    [["--mount", "/p=http://a:1", "--mount", "/p=a:2"], "--mount /p: all servers of a route speak uwsgi"],
    [["--mount", "/a/../b=a:1"], "--mount /a/../b: expected a URL prefix"],
    [["--vhost", "/p=a:1"], "--vhost: expected host=target or host/prefix=target"],
    [
      ["--vhost", "a.test:80=a:1"],
      "--vhost a.test:80: expected a host such as example.com or *.example.com, without a port",
    ],
    [["--redirect", "/old"], "--redirect: expected /old=/new"],
    [["--redirect", "/old=new"], "--redirect /old: expected a path such as /new"],
    [["--redirect", "/old=/new;status=303"], "--redirect /old: status must be 301, 302, 307 or 308"],
    [["--redirect", "/old=/new;code=301"], "--redirect /old: expected ;status=308"],
    [["--respond", "/a=ok"], "--respond /a: expected 200:text"],
    [["--respond", "/a=100:x"], "--respond /a: status must be a whole number from 200"],
    [["--mount", "/a=a:1", "--redirect", "/a/=/b"], "--redirect /a/: --mount /a is for the same requests"],
  ])("%j", (args, message) => {
    expect(() => routesOf(...args)).toThrow(ConfigError);
    expect(() => routesOf(...args)).toThrow(message);
  });

  test("on the command line as well, before anything is started", async () => {
    const { code, err } = await runCli(["front", "--mount", "/p=a:1;x"]);
    expect([code, err]).toEqual([2, expect.stringContaining('--mount /p: there is no option "x"')]);
    const both = await runCli(["front", "--to", "a:1", "--mount", "/=a:2"]);
    expect([both.code, both.err]).toEqual([2, expect.stringContaining("--to")]);
  });
});

test("the command in docs/routes.md is understood", () => {
  const [, block = ""] =
    /^```sh\nnpx uwsgi-bridge front (.*?)^```$/ms.exec(readFileSync("docs/routes.md", "utf8")) ?? [];
  const words = [...block.matchAll(/'([^']*)'|[^\s\\']+/g)].map(([word, quoted]) => quoted ?? word);
  const command = addFrontFlags(addHttpFlag(new Command())).option("--to <address>").exitOverride();
  command.parse(words, { from: "user" });
  const { to, ...flags } = command.opts<FrontFlags & { readonly to: string }>();
  const { routes = [] } = resolveFrontOptions({ ...frontOptions(flags), to: [to] });
  expect(routes.map(({ path }) => path)).toEqual(["/api", "/app", "/ws", "/blog", "/health"]);
  expect(routes[1]).toMatchObject({ to: ["127.0.0.1:3032", "127.0.0.1:3033"] });
});
