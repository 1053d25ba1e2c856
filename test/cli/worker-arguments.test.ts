import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { addAppFlags, loadOptions } from "../../src/cli/app-flags.ts";
import { addCommonFlags } from "../../src/cli/common-flags.ts";
import { workerArguments } from "../../src/cli/worker-arguments.ts";
import { addWorkerFlags } from "../../src/cli/worker-flags.ts";

type Flags = Parameters<typeof workerArguments>[0];

describe("what serve was told of the application reaches its worker", () => {
  test.each([
    [["--interface", "fetch"], { interface: "fetch" }],
    [["--capture-listen"], { captureListen: true }],
    [["--load-timeout", "2m"], { loadTimeoutMs: 120_000 }],
    [["--mount-mode", "keep"], { mount: "keep" }],
    [["--lint"], {}],
  ])("%j", (args, options) => {
    const flags = parse(args);
    const handedOn = parse(workerArguments(flags));
    expect(handedOn).toEqual(flags);
    expect(loadOptions(handedOn)).toEqual({ ...loadOptions(parse([])), ...options });
  });

  test("and nothing else does", () => {
    expect(workerArguments(parse([]))).toEqual(["--graceful-timeout", "30000ms", "--log-level", "info"]);
  });
});

function parse(args: readonly string[]): Flags {
  const command = addWorkerFlags(addCommonFlags(addAppFlags(new Command())), { shared: false });
  return command.parse(args, { from: "user" }).opts<Flags & Record<string, unknown>>();
}
