import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { runCli } from "./support/cli-io.ts";

/** The command line of each example, as a list of arguments behind the program. */
const commandLines: readonly (readonly [file: string, line: (text: string) => string[]])[] = [
  ["app.service", (text) => /^ExecStart=(.*)$/m.exec(text)?.[1]?.split(" ") ?? []],
  ["Dockerfile", (text) => JSON.parse(/^CMD (.*)$/m.exec(text)?.[1] ?? "[]") as string[]],
  ["kubernetes.yaml", (text) => [...text.matchAll(/^ {12}- "?([^"\n]+)"?$/gm)].map(([, item = ""]) => item)],
];

test.each(commandLines)(
  "examples/deploy/%s starts the command with flags that it has",
  async (file, lineOf) => {
    const line = lineOf(readFileSync(`examples/deploy/${file}`, "utf8"));
    const start = line.findIndex((item) => item.endsWith("bin/uwsgi-bridge.js"));
    const [command = "", app, ...args] = line.slice(start + 1);
    expect([command, app]).toEqual(["serve", "app.js"]);
    const { out } = await runCli([command, "--help"]);
    const known = new Set(out.match(/--[a-z][a-z0-9-]+/g));
    const flags = args.filter((item) => item.startsWith("--"));
    expect(flags.length).toBeGreaterThan(2);
    expect(flags.filter((flag) => !known.has(flag))).toEqual([]);
  },
);

test.each(["app.service", "app.socket"])("examples/deploy/%s is a unit as systemd reads it", (file) => {
  const lines = readFileSync(`examples/deploy/${file}`, "utf8").split("\n");
  for (const line of lines)
    expect(line).toMatch(/^(#.*|\[(Unit|Service|Socket|Install)\]|[A-Z][A-Za-z]+=.+|)$/);
});
