import { type Command, InvalidArgumentError } from "commander";
import type { RateOptions } from "../front/rate/rate-options.ts";
import { checkRate, type RequestRate } from "../front/rate/request-rate.ts";
import { UNIT_SECONDS } from "../quantities.ts";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { parseCount } from "./flags.ts";

/** The flags about what one client may take, as commander delivers them. */
export interface RateFlags {
  readonly limitReq?: RequestRate;
  readonly limitConn?: number;
  readonly maxConnectionsPerClient?: number;
  readonly limitIpv6Prefix?: number;
  readonly limitClients?: number;
}

/** Give a command the flags about what one client may take. */
export function addRateFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.limits)
    .option(
      "--limit-req <rate[:burst]>",
      "requests of one client, such as 10/s:20 or 300/m; more are answered 429 (default: no limit)",
      parseRate,
    )
    .option(
      "--limit-conn <count>",
      "requests of one client in progress, more are answered 429 (default: 0, no limit)",
      parseCount,
    )
    .option(
      "--max-connections-per-client <count>",
      "connections of one client, more are answered 503 (default: 0, no limit)",
      parseCount,
    )
    .option(
      "--limit-ipv6-prefix <bits>",
      "bits of an IPv6 address that tell clients apart (default: 64)",
      parseCount,
    )
    .option("--limit-clients <count>", "clients that --limit-req remembers (default: 100000)", parseCount);
}

/** The options of a front about what one client may take, from its flags. */
export function rateOptions(flags: RateFlags): { [K in keyof RateOptions]: RateOptions[K] | undefined } {
  return {
    limitRequests: flags.limitReq,
    limitRequestsInProgress: flags.limitConn,
    maxConnectionsPerClient: flags.maxConnectionsPerClient,
    limitIpv6Prefix: flags.limitIpv6Prefix,
    limitClients: flags.limitClients,
  };
}

/** `10/s`, `300/m:20`. */
function parseRate(text: string): RequestRate {
  const [, requests, unit, burst = "0"] = /^(\d{1,9})\/([smh])(?::(\d{1,9}))?$/.exec(text) ?? [];
  if (requests === undefined)
    throw new InvalidArgumentError("Expected a rate such as 10/s, 300/m or 10/s:20.");
  const rate = {
    requests: Number(requests),
    perSeconds: UNIT_SECONDS[unit as "s" | "m" | "h"],
    burst: Number(burst),
  };
  checkRate(rate, "--limit-req");
  return rate;
}
