import { Command } from "commander";
import { expect, test } from "vitest";
import { definedOnly } from "../../src/cli/front-flags.ts";
import { addRateFlags, type RateFlags, rateOptions } from "../../src/cli/rate-flags.ts";
import { runCli } from "../support/cli-io.ts";

function optionsOf(...args: readonly string[]) {
  const command = addRateFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(args, { from: "user" });
  return definedOnly(rateOptions(command.opts<RateFlags>()));
}

test.each([
  { args: [], options: {} },
  {
    args: ["--limit-req", "10/s:20"],
    options: { limitRequests: { requests: 10, perSeconds: 1, burst: 20 } },
  },
  { args: ["--limit-req=300/m"], options: { limitRequests: { requests: 300, perSeconds: 60, burst: 0 } } },
  { args: ["--limit-req", "1/h"], options: { limitRequests: { requests: 1, perSeconds: 3600, burst: 0 } } },
  { args: ["--limit-conn", "5"], options: { limitRequestsInProgress: 5 } },
  { args: ["--max-connections-per-client", "100"], options: { maxConnectionsPerClient: 100 } },
  { args: ["--limit-ipv6-prefix", "56"], options: { limitIpv6Prefix: 56 } },
  { args: ["--limit-clients", "1000"], options: { limitClients: 1000 } },
])("$args", ({ args, options }) => {
  expect(optionsOf(...args)).toEqual(options);
});

test.each([
  ["--limit-req", "10"],
  ["--limit-req", "10/d"],
  ["--limit-req", "/s"],
  ["--limit-req", "10r/s"],
  ["--limit-req", "10/s:"],
  ["--limit-req", "-1/s"],
  ["--limit-conn", "few"],
])("%s %j is refused", (...args) => {
  expect(() => optionsOf(...args)).toThrow(/Expected /);
});

test.each([
  ["--limit-req", "0/s", "limit-req"],
  ["--limit-req", "10/s:9999999", "limit-req"],
  ["--limit-ipv6-prefix", "0", "limitIpv6Prefix"],
  ["--limit-ipv6-prefix", "129", "limitIpv6Prefix"],
  ["--limit-clients", "0", "limitClients"],
])("front %s %s is refused with exit code 2", async (flag, value, named) => {
  const { code, err } = await runCli(["front", "--static-map", "/=.", flag, value]);
  expect([code, err]).toEqual([2, expect.stringContaining(named)]);
});
