import { type Command, Option } from "commander";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { parseDuration } from "./flags.ts";
import { parseLogLevel } from "./logger.ts";

/** Flags of every command that serves. */
export interface CommonFlags {
  readonly gracefulTimeout: number;
  readonly shutdownDelay?: number;
  readonly logLevel: string;
}

const DEFAULT_GRACEFUL_TIMEOUT_MS = 30_000;

export function addCommonFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.processes)
    .addOption(
      new Option("--graceful-timeout <time>", "time for requests to finish when told to stop")
        .argParser(parseDuration)
        .default(DEFAULT_GRACEFUL_TIMEOUT_MS, "30s"),
    )
    .option(
      "--shutdown-delay <time>",
      "time to serve on when told to stop (default: 5s in Kubernetes, else 0)",
      parseDuration,
    )
    .optionsGroup(FLAG_GROUPS.reports)
    .option("--log-level <level>", "debug, info, warn, error or silent", parseLogLevel, "info");
}
