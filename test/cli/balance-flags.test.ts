import { Command } from "commander";
import { expect, test } from "vitest";
import { addBalanceFlags, type BalanceFlags, balanceOptions } from "../../src/cli/balance-flags.ts";
import { definedOnly } from "../../src/cli/front-flags.ts";
import { runCli } from "../support/cli-io.ts";

function optionsOf(...args: readonly string[]) {
  const command = addBalanceFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(args, { from: "user" });
  return definedOnly(balanceOptions(command.opts<BalanceFlags>()));
}

test.each([
  { args: [], options: {} },
  { args: ["--lb", "uri-hash"], options: { lb: "uri-hash" } },
  { args: ["--sticky-cookie", "at"], options: { stickyCookie: "at" } },
  { args: ["--max-fails", "0", "--fail-timeout", "30s"], options: { maxFails: 0, failTimeoutMs: 30_000 } },
  {
    args: ["--health-uri", "/up", "--health-interval", "1m", "--health-timeout", "500ms"],
    options: { healthUri: "/up", healthIntervalMs: 60_000, healthTimeoutMs: 500 },
  },
  { args: ["--health-fails", "1", "--health-passes", "5"], options: { healthFails: 1, healthPasses: 5 } },
  { args: ["--slow-start", "20"], options: { slowStartMs: 20_000 } },
  {
    args: ["--next-upstream", "error,timeout,http_503", "--next-upstream-tries", "3"],
    options: { nextUpstream: ["error", "timeout", "http_503"], nextUpstreamTries: 3 },
  },
  { args: ["--next-upstream", "off"], options: { nextUpstream: [] } },
  { args: ["--resolve-interval", "5s"], options: { resolveIntervalMs: 5000 } },
])("$args", ({ args, options }) => {
  expect(optionsOf(...args)).toEqual(options);
});

test.each([
  ["--lb", "fastest"],
  ["--next-upstream", "http_302"],
  ["--next-upstream", ""],
  ["--max-fails", "-1"],
  ["--fail-timeout", "soon"],
])("%s %s is refused", (flag, value) => {
  expect(() => optionsOf(flag, value)).toThrow(/invalid/);
});

test.each([
  [["--to", "127.0.0.1:1;weight=0"], "--to 127.0.0.1:1;weight=0: expected a whole number from 1 to 256"],
  [["--to", "127.0.0.1:1;wieght=2"], 'got "wieght=2"'],
  [
    ["--to", "127.0.0.1:1", "--health-uri", "up"],
    "healthUri: expected a path that begins with a slash, or uwsgi-ping",
  ],
  [["--to", "127.0.0.1:1", "--sticky-cookie", "a b"], "stickyCookie: expected the name of a cookie"],
  [
    ["--to", "127.0.0.1:1", "--next-upstream-tries", "0"],
    "nextUpstreamTries must be a whole number from 1 to 100",
  ],
])("front %j can not be used: %s", async (args, message) => {
  const { code, err } = await runCli(["front", ...args]);
  expect([code, err.includes(message)]).toEqual([2, true]);
});
