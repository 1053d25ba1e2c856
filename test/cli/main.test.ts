import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { VERSION } from "../../src/version.ts";
import { runCli } from "../support/cli-io.ts";

const COMMAND = fileURLToPath(new URL("../../bin/uwsgi-bridge.js", import.meta.url));
const COMMANDS = ["serve", "front", "worker", "request", "ping", "inspect", "conformance"];

test.each(["--version", "-V"])("%s", async (flag) => {
  expect(await runCli([flag])).toEqual({
    code: 0,
    out: `${VERSION}\n`,
    bytes: Buffer.from(`${VERSION}\n`),
    err: "",
  });
});

test.each(["--allow-from", "--allow-from=10.0.0.0/8"])("serve %s is an error that says why", async (flag) => {
  const { code, err } = await runCli(["serve", "app.ts", flag, "10.0.0.0/8"]);
  expect(code).toBe(2);
  expect(err).toContain("The workers of serve listen on a private Unix socket");
  expect((await runCli(["serve", "--help"])).out).not.toContain("allow-from");
});

test("--help names every command", async () => {
  const { code, out, err } = await runCli(["--help"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  for (const command of COMMANDS) expect(out).toMatch(new RegExp(`^  ${command} `, "m"));
});

test("without a command there is help, and it is wrong usage", async () => {
  const { code, out, err } = await runCli([]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("Usage: uwsgi-bridge");
});

describe.each(COMMANDS)("%s", (command) => {
  test("--help has an example", async () => {
    const { code, out, err } = await runCli([command, "--help"]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(new RegExp(`Examples:\\n  uwsgi-bridge ${command} `));
  });

  test("help is the same", async () => {
    expect(await runCli(["help", command])).toEqual(await runCli([command, "--help"]));
  });

  test("an unknown flag is wrong usage, and the nearest one is named", async () => {
    const { code, out, err } = await runCli([
      command,
      ...(command === "front" ? ["--to", ":1"] : []),
      "--hlep",
    ]);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toContain("error: unknown option '--hlep'\n(Did you mean --help?)");
    expect(err).toContain("Add --help for the flags and for examples.");
  });
});

test.each([
  ["serve", "--port", "the port is part of the address: --http :3000"],
  ["front", "--port", "the port is part of the address: --http :3000"],
  ["serve", "--host", "the host is part of the address: --http 0.0.0.0:3000"],
  ["worker", "--http", "a worker speaks uwsgi: --socket ADDRESS; for HTTP use `uwsgi-bridge serve`"],
  ["worker", "--port", "the port is part of the address: --socket :3031"],
])("%s %s, as other servers have it, leads to the flag that does it", async (command, flag, advice) => {
  const { code, out, err } = await runCli([command, "app.js", flag, "3000"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain(`error: unknown option '${flag}'`);
  expect(err).toContain(`\n  ${advice}\n`);
});

test("an unknown command is wrong usage, and the nearest one is named", async () => {
  const { code, out, err } = await runCli(["reqeust"]);
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err).toContain("error: unknown command 'reqeust'\n(Did you mean request?)");
});

test("a flag without its value is wrong usage", async () => {
  const { code, err } = await runCli(["request", ":1", "-H"]);
  expect(code).toBe(2);
  expect(err).toContain("argument missing");
});

test.each([{ args: ["--help"] }, { args: ["serve", "--help"] }, { args: ["--version"] }])(
  "$args to a reader who has left ends as usual",
  async ({ args }) => {
    const child = spawn(process.execPath, [COMMAND, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    // Long before the command writes anything: what it writes then breaks the pipe.
    child.stdout.destroy();
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    expect({ code: code as unknown, err }).toEqual({ code: 0, err: "" });
  },
);
