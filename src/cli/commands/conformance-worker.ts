import type { Command } from "commander";
import { printableText } from "../../../protocol/conformance/printable-bytes.ts";
import type { WorkerCase } from "../../../protocol/conformance/worker/worker-case.ts";
import type { WorkerTarget } from "../../../protocol/conformance/worker/worker-target.ts";
import { formatEndpoint, type Target } from "../../net/endpoint.ts";
import { VERSION } from "../../version.ts";
import { addConformanceFlags, type ConformanceFlags } from "../conformance-flags.ts";
import { chosenCases, couldNotRun, Progress, writeReports } from "../conformance-output.ts";
import { type CliIo, say } from "../io.ts";
import { parseServer } from "../request-url.ts";

interface WorkerSuiteFlags extends ConformanceFlags {
  readonly target?: Target;
}

/** `uwsgi-bridge conformance worker`: what a uwsgi server does with packets, good and bad. */
export function registerConformanceWorker(conformance: Command, io: CliIo): void {
  const command = conformance
    .command("worker")
    .description("test a uwsgi server that runs the contract app")
    .option("--target <address>", "the server: unix:/run/app.sock, host:port or :port", parseServer);
  addConformanceFlags(command).addHelpText(
    "after",
    `
The server runs an application of protocol/contract-app, in one process. The suite asks it first, and then sends
packets, good and bad. Broken MUSTs fail; a broken SHOULD is advice, unless --strict is given.

One case has the server print a harmless application with UWSGI_FILE, to show whether packets can run commands.

Examples:
  uwsgi-bridge worker protocol/contract-app/app.ts -s 127.0.0.1:3031
  uwsgi-bridge conformance worker --target 127.0.0.1:3031
  uwsgi-bridge conformance worker --target unix:/run/app.sock --only packet --only 'errors/*' --split bytes
  uwsgi-bridge conformance worker --target :3031 --junit results.xml --markdown results.md

Exit codes: 0 passed, 1 failed, 2 could not run: no connection, or no contract app.`,
  );
  command.action((flags: WorkerSuiteFlags) => runWorkerSuite(command, flags, io));
}

async function runWorkerSuite(command: Command, flags: WorkerSuiteFlags, io: CliIo): Promise<void> {
  const { workerSuite } = await import("../../../protocol/conformance/worker/worker-suite.ts");
  const { runWorkerCases } = await import("../../../protocol/conformance/worker/worker-run.ts");
  const chosen = chosenCases(workerSuite, flags, io);
  if (!chosen) return;
  if (flags.target === undefined) command.error("error: --target is missing: which server?");
  const target = connection(flags.target);
  const cases = await answerable(chosen, target, flags, io);
  const { split, seed, jobs, timeout: timeoutMs } = flags;
  const started = performance.now();
  const { onResult } = new Progress(io);
  const results = await runWorkerCases(cases, { target, split, seed, jobs, timeoutMs, onResult });
  const durationMs = performance.now() - started;
  const subject = formatEndpoint(flags.target);
  const leftOut = chosen.filter((one) => !cases.includes(one)).map(({ id }) => id);
  await writeReports(
    { suite: "worker", subject, version: VERSION, split, seed, results, leftOut, durationMs },
    flags,
    io,
  );
}

/** The cases whose routes the contract app has, once it has been found. */
async function answerable(
  cases: readonly WorkerCase[],
  target: WorkerTarget,
  { timeout, tap }: WorkerSuiteFlags,
  io: CliIo,
): Promise<readonly WorkerCase[]> {
  const { probeContract } = await import("../../../protocol/conformance/worker/contract-probe.ts");
  const contract = await probeContract(target, timeout).catch((error: Error) => {
    throw couldNotRun(io, error.message);
  });
  const routes = new Set(contract.routes);
  const fitting = cases.filter((one) => one.routes.every((route) => routes.has(route)));
  const left = cases.length - fitting.length;
  const leftOut = left === 0 ? "" : `; ${left} cases left out, whose routes it has not`;
  if (tap !== true) say(io, `The contract app is there: ${printableText(contract.language)}${leftOut}.`);
  if (fitting.length === 0) throw couldNotRun(io, "the contract app has the routes of none of these cases");
  return fitting;
}

function connection(target: Target): WorkerTarget {
  return target.type === "unix" ? { path: target.path } : { host: target.host, port: target.port };
}
