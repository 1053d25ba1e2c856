import { type Command, InvalidArgumentError, Option } from "commander";
import { ConfigError } from "../errors.ts";
import { FLEET_DEFAULTS, type FleetSettings } from "../supervisor/rules/settings.ts";
import { availableProcessors } from "./available-processors.ts";
import type { CommonFlags } from "./common-flags.ts";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { collect, parseCount, parseDuration, parseSize } from "./flags.ts";
import type { CliIo } from "./io.ts";

/** The flags of a supervisor as commander delivers them. */
export interface ProcessFlags {
  readonly processes?: number | "auto";
  readonly workerBootTimeout?: number;
  readonly maxRequests?: number;
  readonly maxRequestsJitter?: Jitter;
  readonly maxWorkerLifetime?: number;
  readonly reloadOnRss?: number;
  readonly touchReload?: string[];
  readonly watch?: string | true;
  readonly stats?: string;
  readonly statsHttp?: boolean;
}

/** Requests, as a number or as a part of the limit. */
interface Jitter {
  readonly requests: number;
  readonly percent: number;
}

const DEFAULT_JITTER: Jitter = { requests: 0, percent: 10 };
const MOST_PROCESSES = 1024;
const MEBIBYTE = 2 ** 20;

/** Give a command the flags of its supervisor. @param processes - The help on `--processes`. */
export function addProcessFlags(command: Command, processes: string): Command {
  return command
    .optionsGroup(FLAG_GROUPS.processes)
    .option("-p, --processes <count|auto>", processes, parseProcesses)
    .option(
      "--worker-boot-timeout <time>",
      "time for a process to become ready (default: 30s)",
      parseDuration,
    )
    .option(
      "-R, --max-requests <count>",
      "replace a process that has answered so many (default: 0, never)",
      parseCount,
    )
    .option(
      "--max-requests-jitter <count|percent>",
      "answer up to so many more, by chance (default: 10%)",
      parseJitter,
    )
    .option(
      "--max-worker-lifetime <time>",
      "replace a process of this age (default: 0, never)",
      parseDuration,
    )
    .addOption(
      new Option(
        "--reload-on-rss <MB>",
        "replace a process that holds more memory; plain numbers are MB",
      ).argParser(parseMegabytes),
    )
    .option("--touch-reload <file>", "reload when this file changes; may be repeated", collect)
    .option("--stats <address>", "serve statistics there, in the format of uWSGI")
    .option("--stats-http", "send an HTTP head before the statistics, whoever asks");
}

/** Give a command that loads an application the flag that reloads it while it is written. */
export function addWatchFlag(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.processes)
    .option(
      "--watch [dir]",
      "development: reload when a source file changes (default: the directory of the application)",
    );
}

/** The rules for the processes, from the flags. @param processes - How many, when neither flag nor environment says it. */
export function fleetSettings(
  flags: ProcessFlags & CommonFlags,
  io: CliIo,
  processes: number | "auto",
): FleetSettings {
  const maxRequests = flags.maxRequests ?? FLEET_DEFAULTS.maxRequests;
  const { requests, percent } = flags.maxRequestsJitter ?? DEFAULT_JITTER;
  const count = processCount(flags, io, processes);
  if (count === 0) {
    throw new ConfigError(
      "processes",
      "0 processes can not serve; only the worker command can do without a supervisor",
    );
  }
  return {
    processes: count,
    bootTimeoutMs: flags.workerBootTimeout ?? FLEET_DEFAULTS.bootTimeoutMs,
    gracefulTimeoutMs: flags.gracefulTimeout,
    maxRequests,
    maxRequestsJitter: requests + Math.ceil((maxRequests * percent) / 100),
    maxRssBytes: flags.reloadOnRss ?? FLEET_DEFAULTS.maxRssBytes,
    maxLifetimeMs: flags.maxWorkerLifetime ?? FLEET_DEFAULTS.maxLifetimeMs,
    survivesFirstFailure: flags.watch !== undefined,
  };
}

/** How many processes there are to be: the flag, else `$WEB_CONCURRENCY`, else what is given here. */
export function processCount(flags: ProcessFlags, io: CliIo, otherwise: number | "auto"): number {
  const processes = flags.processes ?? fromEnvironment(io) ?? otherwise;
  return processes === "auto" ? availableProcessors() : processes;
}

/** `auto`, or a number of processes. */
export function parseProcesses(text: string): number | "auto" {
  if (text === "auto") return text;
  const count = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (!(count <= MOST_PROCESSES)) {
    throw new InvalidArgumentError(`Expected auto, or a number up to ${MOST_PROCESSES}.`);
  }
  return count;
}

/** Requests as a number, or as a percentage of the limit. */
export function parseJitter(text: string): Jitter {
  const [, digits, sign] = /^(\d{1,9})(%?)$/.exec(text) ?? [];
  if (digits === undefined) throw new InvalidArgumentError("Expected a number such as 50, or 10%.");
  return sign === "%" ? { requests: 0, percent: Number(digits) } : { requests: Number(digits), percent: 0 };
}

/** Megabytes as a plain number, as uWSGI has it, or a size with its unit. @returns bytes */
export function parseMegabytes(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) * MEBIBYTE : parseSize(text);
}

function fromEnvironment(io: CliIo): number | "auto" | undefined {
  const text = io.env["WEB_CONCURRENCY"];
  if (text === undefined || text === "") return undefined;
  try {
    return parseProcesses(text);
  } catch {
    const given = JSON.stringify(text);
    throw new ConfigError(
      "processes",
      `the environment variable WEB_CONCURRENCY is no number of processes: ${given}`,
    );
  }
}
