import { parseArgs } from "node:util";
import { ADAPTED_APPS } from "./adapters.ts";
import { SUBJECTS } from "./subjects.ts";

/** What a run of the benchmarks was asked to do. */
export interface Flags {
  readonly parts: readonly Part[];
  readonly rounds: number;
  /** Length of one measurement. */
  readonly seconds: number;
  readonly connections: number;
  /** Names of the subjects to measure; all when empty. */
  readonly only: readonly string[];
  /** Where to write the results as JSON. */
  readonly json: string | undefined;
  /** Size of the large bodies, in MiB. */
  readonly mebibytes: number;
}

type Part = "http" | "codec" | "bodies" | "adapters";

/** A flag that can not be used. Its message is for the person at the terminal. */
export class FlagError extends Error {}

export const USAGE = `Usage: npm run bench -- [flags]

Without --codec, --bodies or --adapters: requests per second over HTTP, then the codec.

  --rounds N        measurements of each subject, taken in turns (default: 5)
  --seconds N       length of one measurement (default: 3)
  --connections N   keep-alive connections (default: 32)
  --only NAME,...   measure these subjects only; with --adapters, these applications
  --codec           the codec alone
  --bodies          large bodies alone: seconds and peak memory of serve
  --adapters        the adapters alone: frameworks in our worker against node:http
  --mebibytes N     size of a large body (default: 1024)
  --json FILE       write the results there as well
  --help

Subjects: ${SUBJECTS.map(({ name }) => name).join(", ")}
Applications: ${ADAPTED_APPS.join(", ")}
`;

/**
 * Read the command line.
 *
 * @returns `undefined` when help was asked for.
 * @throws {@link FlagError}
 */
export function parseFlags(args: readonly string[]): Flags | undefined {
  const values = readValues(args);
  if (values.help) return undefined;
  const only = (values.only ?? "").split(",").filter((name) => name !== "");
  const known = values.adapters ? ADAPTED_APPS : SUBJECTS.map(({ name }) => name);
  for (const name of only) {
    if (!known.includes(name))
      throw new FlagError(`--only takes ${known.join(", ")} here, and ${name} is none of them`);
  }
  return {
    parts: partsOf(values, only),
    rounds: count(values.rounds, "--rounds"),
    seconds: count(values.seconds, "--seconds"),
    connections: count(values.connections, "--connections"),
    only,
    json: values.json,
    mebibytes: count(values.mebibytes, "--mebibytes"),
  };
}

function readValues(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: "string", default: "5" },
        seconds: { type: "string", default: "3" },
        connections: { type: "string", default: "32" },
        only: { type: "string" },
        json: { type: "string" },
        mebibytes: { type: "string", default: "1024" },
        codec: { type: "boolean", default: false },
        bodies: { type: "boolean", default: false },
        adapters: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new FlagError(error instanceof Error ? error.message : String(error));
  }
}

function partsOf(
  { codec, bodies, adapters }: Readonly<Record<"codec" | "bodies" | "adapters", boolean>>,
  only: readonly string[],
): Part[] {
  const parts: Part[] = [];
  const isPartial = codec || bodies || adapters;
  if (!isPartial) parts.push("http");
  if (codec || (!isPartial && only.length === 0)) parts.push("codec");
  if (bodies) parts.push("bodies");
  if (adapters) parts.push("adapters");
  return parts;
}

function count(text: string, flag: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new FlagError(`${flag} takes a whole number from 1, got ${text}`);
  return Number(text);
}
