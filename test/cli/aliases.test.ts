import { describe, expect, test } from "vitest";
import { aliasHelp, withoutAliases } from "../../src/cli/aliases.ts";
import { runCli } from "../support/cli-io.ts";

test.each([
  { args: ["front", "--bind", ":80"], meant: ["front", "--http", ":80"] },
  { args: ["front", "--http-to", "a:1", "--upstream=b:2"], meant: ["front", "--to", "a:1", "--to=b:2"] },
  { args: ["front", "--limit-post=1m"], meant: ["front", "--client-max-body-size=1m"] },
  { args: ["front", "--forwarded-allow-ips=*"], meant: ["front", "--trusted-proxies=*"] },
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
  { name: "aliases of flags that serve has not", args: ["serve", "app.ts", "--upstream", ":1"] },
  { name: "commands that have none", args: ["request", "--bind"] },
  { name: "no arguments at all", args: [] },
])("$name stay as they are", ({ args }) => {
  expect(withoutAliases(args)).toEqual(args);
});

describe.each(["serve", "front", "worker"] as const)("help of %s", (command) => {
  const lines = aliasHelp(command).split("\n");
  const pairs = lines.slice(1).map((line) => line.trim().split(/ +/));

  test("names every alias once, with the flag it stands for", () => {
    expect(pairs.length).toBeGreaterThan(0);
    for (const [alias = "", flag] of pairs) expect(withoutAliases([command, alias])).toEqual([command, flag]);
    expect(new Set(pairs.map(([alias]) => alias)).size).toBe(pairs.length);
  });

  test("is printed once, and names only flags that the command has", async () => {
    const { out } = await runCli([command, "--help"]);
    const [flags = "", ...lists] = out.split(`${lines[0]}\n`);
    expect(lists).toHaveLength(1);
    const known: string[] = flags.match(/(?<=^ {2}(?:-\w, )?)--[\w-]+/gm) ?? [];
    expect(pairs.map(([, flag]) => flag).filter((flag = "") => !known.includes(flag))).toEqual([]);
  });
});
