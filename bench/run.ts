// npm run bench: every way for a request to be answered, side by side on this machine. See docs/benchmarks.md.
import { writeFileSync } from "node:fs";
import { adaptersReport, measureAdapters } from "./adapters.ts";
import { bodiesReport, measureBodies } from "./bodies.ts";
import { codecReport, measureCodec } from "./codec.ts";
import { FlagError, type Flags, parseFlags, USAGE } from "./flags.ts";
import { httpReport } from "./http-report.ts";
import { createLoadGenerator } from "./load.ts";
import { describeMachine, staleBuild } from "./machine.ts";
import { Peers } from "./peers.ts";
import { choosePlaces } from "./places.ts";
import { measureInRounds } from "./rounds.ts";
import { SUBJECTS } from "./subjects.ts";
import { Workspace } from "./workspace.ts";

const STOP_SIGNALS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
const MEBIBYTE = 1024 * 1024;
const PARTS = { http: runHttp, codec: runCodec, bodies: runBodies, adapters: runAdapters } as const;

let isStopping = false;
const workspace = new Workspace();
process.on("exit", () => workspace.closeNow());
for (const [signal, number] of Object.entries(STOP_SIGNALS)) {
  process.on(signal, () => void stop(128 + number));
}

try {
  const flags = parseFlags(process.argv.slice(2));
  if (flags) await runParts(flags);
  else process.stdout.write(USAGE);
} catch (error) {
  if (!isStopping) {
    process.exitCode = error instanceof FlagError ? 2 : 1;
    console.error(error instanceof FlagError ? `${error.message}; --help lists the flags` : error);
  }
} finally {
  await workspace.close();
}

async function runParts(flags: Flags): Promise<void> {
  const machine = describeMachine();
  const results: Record<string, unknown> = { machine, flags };
  const { node, processor, cores, load } = machine;
  console.log(`Node ${node}, ${cores} x ${processor}, load ${load.toFixed(1)} before the start\n`);
  const stale = staleBuild();
  if (stale !== undefined) report(`warning: ${stale}`);
  for (const part of flags.parts) {
    const { text, data } = await PARTS[part](flags);
    if (isStopping) return;
    console.log(text);
    results[part] = data;
  }
  if (flags.json !== undefined) writeFileSync(flags.json, `${JSON.stringify(results, undefined, 2)}\n`);
}

/** What a part found out, for people and for the JSON file. */
interface PartResult {
  readonly text: string;
  readonly data: unknown;
}

async function runHttp({ rounds, seconds, connections, only }: Flags): Promise<PartResult> {
  const load = createLoadGenerator(workspace, { seconds, connections });
  const fallback =
    load.name === "wrk" ? "" : ", because wrk is not installed: not to be compared with wrk's figures";
  const how = `${rounds} rounds of ${seconds} s, ${connections} connections, ${load.name}${fallback}`;
  report(how);
  const places = await choosePlaces(workspace);
  const peers = new Peers(workspace, places);
  const subjects = SUBJECTS.filter(({ name }) => only.length === 0 || only.includes(name));
  const measurements = await measureInRounds(subjects, { places, peers, load, rounds, report });
  return { text: `${how}\n${httpReport(measurements)}`, data: { load: load.name, measurements } };
}

async function runCodec({ rounds }: Flags): Promise<PartResult> {
  const data = await measureCodec(rounds, report);
  return { text: codecReport(data), data };
}

async function runBodies({ mebibytes }: Flags): Promise<PartResult> {
  const data = await measureBodies(workspace, mebibytes * MEBIBYTE, report);
  return { text: bodiesReport(data, mebibytes), data };
}

async function runAdapters(flags: Flags): Promise<PartResult> {
  const data = await measureAdapters(workspace, flags, report);
  return { text: adaptersReport(data), data };
}

function report(line: string): void {
  if (!isStopping) console.error(line);
}

async function stop(exitCode: number): Promise<void> {
  isStopping = true;
  await workspace.close();
  process.exit(exitCode);
}
