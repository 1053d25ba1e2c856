import { expect, test } from "vitest";
import { FLAG_GROUPS } from "../../src/cli/flag-groups.ts";
import { runCli } from "../support/cli-io.ts";

/** The flags of a command's help by the heading above them. */
async function groupsOf(command: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const { out } = await runCli([command, "--help"]);
  const sections = out.split("\n\n").filter((section) => /^\S.*:\n +-/.test(section));
  return new Map(
    sections.map((section) => [
      section.slice(0, section.indexOf("\n")),
      [...section.matchAll(/^ +(?:-\w, )?(--?[\w-]+)/gm)].map(([, flag = ""]) => flag),
    ]),
  );
}

const headings = Object.values<string>(FLAG_GROUPS);
const notOfFront = [FLAG_GROUPS.application, FLAG_GROUPS.worker];
const ofWorker: readonly string[] = [
  FLAG_GROUPS.application,
  FLAG_GROUPS.listening,
  FLAG_GROUPS.access,
  FLAG_GROUPS.worker,
  FLAG_GROUPS.processes,
  FLAG_GROUPS.reports,
];

test.each([
  ["serve", headings],
  ["front", headings.filter((heading) => !notOfFront.some((group) => group === heading))],
  ["worker", ofWorker],
])("every flag of %s but --help stands under a heading of its own", async (command, expected) => {
  const groups = await groupsOf(command);
  expect(groups.get("Options:")).toEqual(["--help"]);
  const aliases = "Names from uWSGI, gunicorn and nginx that are understood as well:";
  const named = [...groups.keys()].filter((heading) => heading !== "Options:" && heading !== aliases);
  expect([...named].sort()).toEqual([...expected].sort());
});

test.each([
  ["serve", FLAG_GROUPS.listening, ["--http", "--listen", "--chmod-socket", "--chown-socket"]],
  ["serve", FLAG_GROUPS.upgrades, ["--upgrade", "--tunnel-idle-timeout", "--early-hints"]],
  ["front", FLAG_GROUPS.routes, ["--mount", "--vhost", "--redirect", "--respond"]],
  ["worker", FLAG_GROUPS.access, ["--allow-from"]],
  ["worker", FLAG_GROUPS.reports, ["--log-level"]],
])("%s has under %j what belongs there", async (command, heading, flags) => {
  expect((await groupsOf(command)).get(heading)).toEqual(flags);
});

test.each([
  ["serve", "--interface"],
  ["front", "--http"],
  ["worker", "--interface"],
])("the help of %s begins with what is needed first, and ends with examples", async (command, first) => {
  const { out } = await runCli([command, "--help"]);
  expect([...(await groupsOf(command)).values()][0]?.[0]).toBe(first);
  expect(out.indexOf("Examples:")).toBeGreaterThan(out.indexOf("Names from uWSGI"));
});
