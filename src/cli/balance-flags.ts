import { type Command, InvalidArgumentError } from "commander";
import type { RetryCause } from "../client/retry-rule.ts";
import { type BalanceOptions, RETRY_CAUSES } from "../front/balance/balance-options.ts";
import { BALANCING, type Balancing } from "../front/balance/create-balancer.ts";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { parseCount, parseDuration } from "./flags.ts";

/** The flags about several servers as commander delivers them. */
export interface BalanceFlags {
  readonly lb?: Balancing;
  readonly stickyCookie?: string;
  readonly maxFails?: number;
  readonly failTimeout?: number;
  readonly healthUri?: string;
  readonly healthInterval?: number;
  readonly healthTimeout?: number;
  readonly healthFails?: number;
  readonly healthPasses?: number;
  readonly slowStart?: number;
  readonly nextUpstream?: RetryCause[];
  readonly nextUpstreamTries?: number;
  readonly resolveInterval?: number;
}

/** Give a command the flags about several servers. */
export function addBalanceFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.balancing)
    .option(
      "--lb <how>",
      `how a server is chosen: ${BALANCING.join(", ")} (default: least-conn)`,
      parseBalancing,
    )
    .option("--sticky-cookie <name>", "the cookie of --lb sticky (default: uwsgi_bridge_server)")
    .option(
      "--max-fails <count>",
      "failures in a row that take a server out, 0 for none (default: 3)",
      parseCount,
    )
    .option(
      "--fail-timeout <time>",
      "how long it is out, until one request tries it (default: 10s)",
      parseDuration,
    )
    .option(
      "--health-uri <path>",
      "check each server with a GET of this path, or with uwsgi-ping (default: no checks)",
    )
    .option("--health-interval <time>", "from a check to the next (default: 10s)", parseDuration)
    .option("--health-timeout <time>", "a check that takes longer has failed (default: 3s)", parseDuration)
    .option("--health-fails <count>", "failed checks that take a server out (default: 3)", parseCount)
    .option("--health-passes <count>", "passed checks that bring it back (default: 2)", parseCount)
    .option(
      "--slow-start <time>",
      "time for a server that is back to get its full share (default: 0)",
      parseDuration,
    )
    .option(
      "--next-upstream <causes>",
      "what another server is asked for: error, timeout, http_502 and the like, or off (default: error,timeout)",
      parseCauses,
    )
    .option("--next-upstream-tries <count>", "most times one request is sent (default: 2)", parseCount)
    .option(
      "--resolve-interval <time>",
      "how often names are resolved (default: by their TTL, 1s to 30s)",
      parseDuration,
    );
}

/** The options of a front about several servers, from its flags. */
export function balanceOptions(flags: BalanceFlags): {
  [K in Exclude<keyof BalanceOptions, "resolver">]: BalanceOptions[K] | undefined;
} {
  return {
    lb: flags.lb,
    stickyCookie: flags.stickyCookie,
    maxFails: flags.maxFails,
    failTimeoutMs: flags.failTimeout,
    healthUri: flags.healthUri,
    healthIntervalMs: flags.healthInterval,
    healthTimeoutMs: flags.healthTimeout,
    healthFails: flags.healthFails,
    healthPasses: flags.healthPasses,
    slowStartMs: flags.slowStart,
    nextUpstream: flags.nextUpstream,
    nextUpstreamTries: flags.nextUpstreamTries,
    resolveIntervalMs: flags.resolveInterval,
  };
}

function parseBalancing(text: string): Balancing {
  const known = BALANCING.find((name) => name === text);
  if (known) return known;
  throw new InvalidArgumentError(`Expected one of ${BALANCING.join(", ")}.`);
}

/** Causes separated by commas, or `off`. */
function parseCauses(text: string): RetryCause[] {
  if (text === "off") return [];
  return text.split(",").map((word) => {
    const known = RETRY_CAUSES.find((cause) => cause === word.trim());
    if (known) return known;
    throw new InvalidArgumentError(`Expected off, or some of ${RETRY_CAUSES.join(", ")}.`);
  });
}
