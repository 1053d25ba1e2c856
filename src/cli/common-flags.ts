import type { Command } from "commander";
import { parseDuration } from "./flags.ts";
import { parseLogLevel } from "./logger.ts";

/** Flags of every command that serves. */
export interface CommonFlags {
  readonly gracefulTimeout: number;
  readonly logLevel: string;
}

const DEFAULT_GRACEFUL_TIMEOUT_MS = 30_000;

export function addCommonFlags(command: Command): Command {
  return command
    .option(
      "--graceful-timeout <time>",
      "time for requests to finish when told to stop (default: 30s)",
      parseDuration,
      DEFAULT_GRACEFUL_TIMEOUT_MS,
    )
    .option("--log-level <level>", "debug, info, warn, error or silent", parseLogLevel, "info");
}
