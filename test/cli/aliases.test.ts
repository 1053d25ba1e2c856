import { describe, expect, test } from "vitest";
import { aliasHelp, withoutAliases } from "../../src/cli/aliases.ts";

test.each([
  { args: ["front", "--bind", ":80"], meant: ["front", "--http", ":80"] },
  { args: ["front", "--http-to", "a:1", "--upstream=b:2"], meant: ["front", "--to", "a:1", "--to=b:2"] },
  { args: ["front", "--limit-post=1m"], meant: ["front", "--client-max-body-size=1m"] },
  { args: ["front", "--uwsgi-param=A=b"], meant: ["front", "--param=A=b"] },
  { args: ["worker", "app.ts", "--bind", ":1"], meant: ["worker", "app.ts", "--socket", ":1"] },
  { args: ["worker", "app.ts", "--uwsgi-socket=:1"], meant: ["worker", "app.ts", "--socket=:1"] },
  { args: ["serve", "app.ts", "--bind", ":80"], meant: ["serve", "app.ts", "--http", ":80"] },
  { args: ["serve", "app.ts", "--kill-timeout=1"], meant: ["serve", "app.ts", "--graceful-timeout=1"] },
])("$args", ({ args, meant }) => {
  expect(withoutAliases(args)).toEqual(meant);
});

test.each([
  { name: "flags that have no other name", args: ["front", "--http", ":80"] },
  { name: "what follows --", args: ["front", "--", "--bind"] },
  { name: "the aliases of another command", args: ["front", "--uwsgi-socket", ":1"] },
  { name: "commands that have none", args: ["request", "--bind"] },
  { name: "no arguments at all", args: [] },
])("$name stay as they are", ({ args }) => {
  expect(withoutAliases(args)).toEqual(args);
});

describe.each(["front", "worker"] as const)("help of %s", (command) => {
  test("names every alias with the flag it stands for", () => {
    const pairs = [...aliasHelp(command).matchAll(/(--[\w-]+) \((--[\w-]+)\)/g)];
    expect(pairs.length).toBeGreaterThan(0);
    for (const [, alias = "", flag] of pairs)
      expect(withoutAliases([command, alias])).toEqual([command, flag]);
  });
});
