import { type Command, InvalidArgumentError, Option } from "commander";
import type { FrontAddress } from "../../protocol/conformance/front/http-connection.ts";
import type { CampaignKind } from "../../protocol/conformance/fuzz/campaign.ts";
import type { Target } from "../net/endpoint.ts";
import { parseJobs, parseSeed } from "./conformance-flags.ts";
import { parseCount, parseDuration } from "./flags.ts";
import { parseFrontUrl } from "./front-url.ts";
import { parseServer } from "./request-url.ts";

/** Flags of `conformance fuzz`. */
export interface FuzzFlags {
  readonly worker?: Target;
  readonly front?: FrontAddress;
  readonly listen?: Target;
  readonly only?: CampaignKind;
  readonly seed: number;
  readonly runs?: number;
  readonly run?: number;
  readonly time?: number;
  readonly hang: number;
  readonly jobs: number;
  readonly out: string;
  readonly replay?: string;
}

const DEFAULT_HANG_MS = 1000;
const DEFAULT_JOBS = 16;

/** Whom, with what, how long. */
export function addFuzzFlags(command: Command): Command {
  return command
    .option("--worker <address>", "a uwsgi server that runs the contract app", parseServer)
    .option("--front <url>", "an HTTP server that passes requests on to --listen", parseFrontUrl)
    .option("--listen <address>", "where the front expects its uwsgi server", parseServer)
    .addOption(new Option("--only <kind>", "mutate only these").choices(["packets", "answers", "requests"]))
    .option("--seed <number>", "draw the mutations from this number (default: 1)", parseSeed, 1)
    .option("--runs <number>", "inputs of each kind (default: 10000, no limit with --time)", parseCount)
    .option("--time <time>", "stop each kind after this time: 30s, 10m", parseDuration)
    .option("--run <number>", "the input of this run alone", parseCount)
    .option("--replay <file>", "send the input of a vector that was written before", nonEmpty)
    .option(
      "--hang <time>",
      `longest time without an answer or a close (default: ${DEFAULT_HANG_MS / 1000}s)`,
      parseDuration,
      DEFAULT_HANG_MS,
    )
    .option(
      "--jobs <number>",
      `inputs on their way at the same time (default: ${DEFAULT_JOBS})`,
      parseJobs,
      DEFAULT_JOBS,
    )
    .option("--out <dir>", "write vectors of what is found there (default: .)", nonEmpty, ".");
}

function nonEmpty(text: string): string {
  if (text === "") throw new InvalidArgumentError("Expected a path.");
  return text;
}
