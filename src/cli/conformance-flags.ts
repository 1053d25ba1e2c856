import { type Command, InvalidArgumentError, Option } from "commander";
import type { Split } from "../../protocol/conformance/case.ts";
import { collectList, parseCount, parseDuration } from "./flags.ts";

/** Flags that both suites have. */
export interface ConformanceFlags {
  readonly only?: string[];
  readonly list?: boolean;
  readonly explain?: string;
  readonly json?: string;
  readonly junit?: string;
  readonly markdown?: string;
  readonly tap?: boolean;
  readonly jobs: number;
  readonly timeout: number;
  readonly split: Split;
  readonly seed: number;
  readonly strict?: boolean;
}

const DEFAULT_JOBS = 4;
const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_SEED = 2 ** 32 - 1;

/** Which cases, how, and what is written about them. */
export function addConformanceFlags(command: Command): Command {
  return command
    .option(
      "--only <globs>",
      "run these cases or groups: packet, 'errors/raise*'; may be repeated",
      collectList,
    )
    .option("--list", "print the cases, and run none")
    .option("--explain <id>", "print all about one case, the bytes it sends included")
    .option("--json <file>", "write the results as JSON")
    .option("--junit <file>", "write the results as JUnit XML")
    .option("--markdown <file>", "write the results as a page")
    .option("--tap", "print the results as TAP")
    .option(
      "--jobs <number>",
      `run so many cases at the same time (default: ${DEFAULT_JOBS})`,
      parseJobs,
      DEFAULT_JOBS,
    )
    .option(
      "--timeout <time>",
      `wait so long for an answer (default: ${DEFAULT_TIMEOUT_MS / 1000}s)`,
      parseDuration,
      DEFAULT_TIMEOUT_MS,
    )
    .addOption(
      new Option("--split <how>", "cut what is sent into writes")
        .choices(["whole", "bytes", "random"])
        .default("whole"),
    )
    .option("--seed <number>", "draw the random cuts from this number (default: 1)", parseSeed, 1)
    .option("--strict", "fail for a SHOULD as for a MUST");
}

/** A number of jobs: one or more. */
export function parseJobs(text: string): number {
  const jobs = parseCount(text);
  if (jobs === 0) throw new InvalidArgumentError("Expected at least 1.");
  return jobs;
}

/** A seed of 32 bits. */
export function parseSeed(text: string): number {
  const seed = parseCount(text);
  if (seed > MAX_SEED) throw new InvalidArgumentError(`Expected at most ${MAX_SEED}.`);
  return seed;
}
