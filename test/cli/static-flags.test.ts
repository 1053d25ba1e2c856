import { Command } from "commander";
import { describe, expect, onTestFinished, test } from "vitest";
import { definedOnly } from "../../src/cli/front-flags.ts";
import { main } from "../../src/cli/main.ts";
import { addStaticFlags, type StaticFlags, staticOptions } from "../../src/cli/static-flags.ts";
import { runCli, TestIo } from "../support/cli-io.ts";
import { makeStaticTree } from "../support/static-tree.ts";

function optionsOf(...args: readonly string[]) {
  const command = addStaticFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(args, { from: "user" });
  return definedOnly(staticOptions(command.opts<StaticFlags>()));
}

test.each([
  { args: [], options: {} },
  {
    args: ["--static-map", "/s=./a", "--static-map=/t=b=c"],
    options: { staticMaps: { "/s": "./a", "/t": "b=c" } },
  },
  { args: ["--check-static", "a", "--check-static", "b"], options: { checkStatic: ["a", "b"] } },
  { args: ["--static-index", "a", "--static-index", "b"], options: { staticIndex: ["a", "b"] } },
  { args: ["--static-fallback", "/=i.html"], options: { staticFallbacks: { "/": "i.html" } } },
  { args: ["--static-type", "a=b/c"], options: { staticTypes: { a: "b/c" } } },
  { args: ["--static-safe", "/a"], options: { staticSafe: ["/a"] } },
  { args: ["--static-memory", "1m"], options: { staticMemoryBytes: 1_048_576 } },
  { args: ["--static-precompressed", "gz"], options: { staticPrecompressed: ["gzip"] } },
  { args: ["--static-precompressed", "gzip,br"], options: { staticPrecompressed: ["gzip", "br"] } },
  { args: ["--static-precompressed", "off"], options: { staticPrecompressed: [] } },
])("$args", ({ args, options }) => {
  expect(optionsOf(...args)).toEqual(options);
});

test.each([
  ["3600", "max-age=3600"],
  ["90s", "max-age=90"],
  ["2m", "max-age=120"],
  ["1h", "max-age=3600"],
  ["30d", "max-age=2592000"],
  ["0", "no-cache"],
  ["immutable", "max-age=31536000, immutable"],
  ["off", ""],
])("--static-expires GLOB=%s is %j", (age, value) => {
  expect(optionsOf("--static-expires", `a=b*=${age}`)).toEqual({ staticCacheControl: { "a=b*": value } });
});

test("patterns keep their order", () => {
  const { staticCacheControl } = optionsOf("--static-expires", "b=1", "--static-expires", "a=2");
  expect(Object.entries(staticCacheControl ?? {})).toEqual([
    ["b", "max-age=1"],
    ["a", "max-age=2"],
  ]);
});

test.each([
  ["--static-map", "/s"],
  ["--static-expires", "*.css"],
  ["--static-expires", "=1h"],
  ["--static-expires", "*=soon"],
  ["--static-expires", "*=-1"],
  ["--static-expires", "*=1y"],
  ["--static-expires", "*="],
  ["--static-precompressed", "zip"],
  ["--static-precompressed", ""],
  ["--static-memory", "much"],
])("%s %j is refused", (...args) => {
  expect(() => optionsOf(...args)).toThrow(/Expected /);
});

describe("uwsgi-bridge front", () => {
  test("needs servers or files", async () => {
    const { code, err } = await runCli(["front"]);
    expect([code, err]).toEqual([2, expect.stringContaining("--to")]);
  });

  test("refuses a prefix that is none", async () => {
    const { code, err } = await runCli(["front", "--static-map", "s=."]);
    expect([code, err]).toEqual([2, expect.stringContaining("staticMaps")]);
  });

  test("serves files without any server behind it", async () => {
    const { www, remove } = await makeStaticTree();
    onTestFinished(remove);
    const io = new TestIo();
    const args = [
      "front",
      "--http",
      "127.0.0.1:0",
      "--static-map",
      `/=${www}`,
      "--static-expires",
      "*.txt=1h",
    ];
    const running = main(args, io);
    await io.ready;
    const [, url] = /^static files: (http:\S+)$/m.exec(io.stdout.text) ?? [];
    const response = await fetch(`${url}file.txt`);
    expect([response.status, await response.text()]).toEqual([200, "hello"]);
    expect(response.headers.get("cache-control")).toBe("max-age=3600");
    io.stop();
    expect(await running).toBe(0);
  });
});
