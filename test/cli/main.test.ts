import { describe, expect, test } from "vitest";
import { VERSION } from "../../src/version.ts";
import { runCli } from "../support/cli-io.ts";

const COMMANDS = ["serve", "front", "worker", "request", "ping", "inspect", "conformance"];

test.each(["--version", "-V"])("%s", async (flag) => {
  expect(await runCli([flag])).toEqual({
    code: 0,
    out: `${VERSION}\n`,
    bytes: Buffer.from(`${VERSION}\n`),
    err: "",
  });
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
