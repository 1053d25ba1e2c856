import type { Command } from "commander";
import type { FrontCase } from "../../../protocol/conformance/front/front-case.ts";
import type { FrontAddress } from "../../../protocol/conformance/front/http-connection.ts";
import type { FrontRun } from "../../../protocol/conformance/front/run-front-suite.ts";
import type { CaseResult } from "../../../protocol/conformance/report.ts";
import { formatEndpoint, type Target } from "../../net/endpoint.ts";
import { VERSION } from "../../version.ts";
import { addConformanceFlags, type ConformanceFlags } from "../conformance-flags.ts";
import { chosenCases, couldNotRun, Progress, writeReports } from "../conformance-output.ts";
import { parseFrontUrl, scriptedListenOptions } from "../front-url.ts";
import type { CliIo } from "../io.ts";
import { parseServer } from "../request-url.ts";

interface FrontSuiteFlags extends ConformanceFlags {
  readonly url?: FrontAddress;
  readonly listen?: Target;
}

/** A case waits for an answer, for one to a next request, and for one that shows that the front is alive. */
const WAITS_PER_CASE = 4;

/** `uwsgi-bridge conformance front`: what an HTTP front makes of requests and of a worker's answers. */
export function registerConformanceFront(conformance: Command, io: CliIo): void {
  const command = conformance
    .command("front")
    .description("test an HTTP server that passes requests on to a uwsgi server")
    .option("--url <url>", "the front, and a path that it passes on: http://127.0.0.1:8080", parseFrontUrl)
    .option("--listen <address>", "where the front expects its uwsgi server", parseServer);
  addConformanceFlags(command).addHelpText(
    "after",
    `
The suite plays the uwsgi server at --listen, sends HTTP to --url, and judges the packets that come through and what the front
makes of good and bad answers. Set the front up with that one server, without a cache, and start it before. A Unix socket
is created for the run, and every user may connect to it.

Examples:
  uwsgi-bridge front --to 127.0.0.1:3031 --http 127.0.0.1:8080
  uwsgi-bridge conformance front --url http://127.0.0.1:8080 --listen 127.0.0.1:3031
  uwsgi-bridge conformance front --url http://127.0.0.1/app --listen unix:/run/app.sock --only truncation --split bytes
  uwsgi-bridge conformance front --explain surplus/second-answer

Exit codes: 0 passed, 1 failed, 2 could not run: the address is taken, or the front does not pass an ordinary request on.`,
  );
  command.action((flags: FrontSuiteFlags) => runFrontSuite(command, flags, io));
}

async function runFrontSuite(command: Command, flags: FrontSuiteFlags, io: CliIo): Promise<void> {
  const { frontSuite } = await import("../../../protocol/conformance/front/front-suite.ts");
  const cases = chosenCases(frontSuite, flags, io);
  if (!cases) return;
  const { url: front, listen, split, seed } = flags;
  if (front === undefined) command.error("error: --url is missing: which front?");
  if (listen === undefined)
    command.error("error: --listen is missing: where does the front look for its server?");
  const started = performance.now();
  const results = await withRun(listen, io, (run) => runCases(run, { front, cases, flags }, io));
  const subject = `http://${front.host}:${front.port}${front.base} before ${formatEndpoint(listen)}`;
  const durationMs = performance.now() - started;
  await writeReports(
    { suite: "front", subject, version: VERSION, split, seed, results, durationMs },
    flags,
    io,
  );
}

async function withRun<Result>(
  listen: Target,
  io: CliIo,
  use: (run: FrontRun) => Promise<Result>,
): Promise<Result> {
  const { FrontRun } = await import("../../../protocol/conformance/front/run-front-suite.ts");
  const run = await FrontRun.listen(scriptedListenOptions(listen)).catch((error: Error) => {
    throw couldNotRun(io, `can not listen on ${formatEndpoint(listen)}: ${error.message}`);
  });
  try {
    return await use(run);
  } finally {
    await run.close();
  }
}

interface Chosen {
  readonly front: FrontAddress;
  readonly cases: readonly FrontCase[];
  readonly flags: FrontSuiteFlags;
}

function runCases(run: FrontRun, { front, cases, flags }: Chosen, io: CliIo): Promise<readonly CaseResult[]> {
  const { split, seed, jobs, timeout: timeoutMs } = flags;
  const { onResult } = new Progress(io);
  const patienceMs = Math.ceil(timeoutMs / WAITS_PER_CASE);
  return run
    .run(cases, front, { split, seed, jobs, timeoutMs, patienceMs, onResult })
    .catch((error: Error) => {
      throw couldNotRun(io, error.message);
    });
}
