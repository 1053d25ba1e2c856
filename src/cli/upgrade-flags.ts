import type { Command } from "commander";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { parseDuration, parseProtocols, parseSwitch } from "./flags.ts";
import type { GivenOptions } from "./given-options.ts";

/** The flags about protocols that clients switch to, and early hints, as commander delivers them. */
export interface UpgradeFlags {
  readonly upgrade?: boolean | string[];
  readonly tunnelIdleTimeout?: number;
  readonly earlyHints?: boolean;
}

/** Give a command the flags about protocols that clients switch to, and early hints. */
export function addUpgradeFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.upgrades)
    .option(
      "--upgrade <protocols>",
      "what clients may switch to: a list, any or off (default: websocket)",
      parseProtocols,
    )
    .option(
      "--tunnel-idle-timeout <time>",
      "longest silence of a WebSocket or the like (default: 1h)",
      parseDuration,
    )
    .option("--early-hints <on|off>", "pass on 103 Early Hints (default: on)", parseSwitch);
}

/** The options of a front about protocols that clients switch to, and early hints, from its flags. */
export function upgradeOptions(flags: UpgradeFlags): GivenOptions {
  return {
    upgrade: flags.upgrade,
    tunnelIdleTimeoutMs: flags.tunnelIdleTimeout,
    earlyHints: flags.earlyHints,
  };
}
