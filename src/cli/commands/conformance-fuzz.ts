import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import { authorityOf } from "../../../protocol/conformance/front/http-connection.ts";
import type { Campaign, CampaignKind } from "../../../protocol/conformance/fuzz/campaign.ts";
import type { CampaignResult } from "../../../protocol/conformance/fuzz/finding.ts";
import { formatEndpoint, type Target } from "../../net/endpoint.ts";
import { couldNotRun } from "../conformance-output.ts";
import { EXIT } from "../exit-codes.ts";
import { ExitError } from "../failure.ts";
import { scriptedListenOptions } from "../front-url.ts";
import { addFuzzFlags, type FuzzFlags } from "../fuzz-flags.ts";
import { type CliIo, say } from "../io.ts";

const DEFAULT_RUNS = 10_000;
const PROGRESS_EVERY = 500;

/** `uwsgi-bridge conformance fuzz`: mutated packets, answers and requests, for as long as there is time. */
export function registerConformanceFuzz(conformance: Command, io: CliIo): void {
  const command = conformance
    .command("fuzz")
    .description("send mutated packets, answers and requests to any worker or front");
  addFuzzFlags(command).addHelpText(
    "after",
    `
To --worker go mutated packets; it runs an app of protocol/contract-app. Behind --front the fuzzer plays the uwsgi server at --listen,
and gives mutated answers; before it, it sends mutated requests. The same seed gives the same inputs.

Found are: a subject that accepts no connections any more, that neither answers nor closes in time, that gives an answer of one
request to another, that answers with anything but HTTP, or that loses step on a connection that it keeps. What is found is sent again
alone, made as small as can be, and written to --out as a vector. A subject that is gone has 5 seconds to be started again.

Examples:
  uwsgi-bridge worker protocol/contract-app/app.ts -s 127.0.0.1:3031
  uwsgi-bridge conformance fuzz --worker 127.0.0.1:3031 --time 30s --seed 7
  uwsgi-bridge conformance fuzz --worker 127.0.0.1:3031 --seed 7 --run 1234
  uwsgi-bridge conformance fuzz --front http://127.0.0.1:8080 --listen unix:/run/app.sock --only answers --out found
  uwsgi-bridge conformance fuzz --worker 127.0.0.1:3031 --replay packets-hang-1f3a9c00.json

Exit codes: 0 nothing found, 1 something found, 2 could not run: no connection, the address is taken, or the file is no vector.`,
  );
  command.action((flags: FuzzFlags) => fuzz(command, flags, io));
}

async function fuzz(command: Command, flags: FuzzFlags, io: CliIo): Promise<void> {
  if (flags.worker === undefined && flags.front === undefined)
    command.error("error: --worker or --front is missing: whom?");
  if ((flags.front === undefined) !== (flags.listen === undefined))
    command.error("error: --front and --listen belong together: a front, and where it looks for its server");
  const replayed = await replayedVector(flags, io);
  const chosen = replayed?.kind ?? flags.only;
  const { replaying } = await import("../../../protocol/conformance/fuzz/replay.ts");
  await withCampaigns(flags, io, async (all) => {
    const campaigns = all.filter(({ kind }) => chosen === undefined || kind === chosen);
    if (campaigns.length === 0)
      throw couldNotRun(io, `${chosen} need ${chosen === "packets" ? "--worker" : "--front and --listen"}`);
    let isGood = true;
    for (const campaign of campaigns) {
      const result = await runOne(replayed ? replaying(campaign, replayed.input) : campaign, flags, io);
      await report(result, flags, io);
      isGood &&= result.findings.length === 0;
    }
    if (!isGood) throw new ExitError(EXIT.failure);
  });
}

async function runOne(campaign: Campaign, flags: FuzzFlags, io: CliIo): Promise<CampaignResult> {
  const { runCampaign } = await import("../../../protocol/conformance/fuzz/run-campaign.ts");
  const { checkOrdinary } = await import("../../../protocol/conformance/fuzz/check-ordinary.ts");
  await checkOrdinary(campaign).catch((error: Error) => {
    throw couldNotRun(io, `${campaign.kind}: ${error.message}`);
  });
  const { seed, jobs, run, time } = flags;
  const isSingle = run !== undefined || flags.replay !== undefined;
  const runs = isSingle ? 1 : (flags.runs ?? (time === undefined ? DEFAULT_RUNS : undefined));
  return runCampaign(campaign, {
    seed,
    jobs,
    first: run ?? 0,
    ...(flags.replay === undefined ? {} : { shrinkMs: 0 }),
    ...(runs === undefined ? {} : { runs }),
    ...(time === undefined ? {} : { timeMs: time }),
    onRun: (number, findings) => {
      if (!io.isTerminal || number % PROGRESS_EVERY !== 0) return;
      io.stderr.write(`\r\x1b[K${campaign.kind}: run ${number}, ${findings} findings\r`);
    },
  });
}

async function replayedVector(
  flags: FuzzFlags,
  io: CliIo,
): Promise<{ readonly kind: CampaignKind; readonly input: Buffer } | undefined> {
  if (flags.replay === undefined) return undefined;
  const { readVector } = await import("../../../protocol/conformance/fuzz/vector.ts");
  try {
    return readVector(await readFile(resolve(io.cwd, flags.replay), "utf8"));
  } catch (error) {
    throw couldNotRun(io, `${flags.replay}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function withCampaigns(
  { worker, front, listen, seed, hang: hangMs }: FuzzFlags,
  io: CliIo,
  use: (campaigns: readonly Campaign[]) => Promise<void>,
): Promise<void> {
  const { PacketCampaign } = await import("../../../protocol/conformance/fuzz/packet-campaign.ts");
  const { frontCampaigns } = await import("../../../protocol/conformance/fuzz/front-campaigns.ts");
  const packets =
    worker === undefined ? [] : [new PacketCampaign({ worker: connection(worker), seed, hangMs })];
  if (front === undefined || listen === undefined) return use(packets);
  const behind = await frontCampaigns(scriptedListenOptions(listen), { front, seed, hangMs }).catch(
    (error: Error) => {
      throw couldNotRun(io, `can not listen on ${formatEndpoint(listen)}: ${error.message}`);
    },
  );
  try {
    await use([...packets, ...behind.campaigns]);
  } finally {
    await behind.close();
  }
}

async function report(result: CampaignResult, flags: FuzzFlags, io: CliIo): Promise<void> {
  const { describeResult } = await import("../../../protocol/conformance/fuzz/fuzz-report.ts");
  const { vectorFileName, vectorOf } = await import("../../../protocol/conformance/fuzz/vector.ts");
  if (io.isTerminal) io.stderr.write("\r\x1b[K");
  say(io, describeResult(result));
  const isReplay = flags.replay !== undefined;
  for (const finding of isReplay ? [] : result.findings) {
    const directory = resolve(io.cwd, flags.out);
    await mkdir(directory, { recursive: true });
    const file = join(directory, vectorFileName(finding));
    await writeFile(file, `${JSON.stringify(vectorOf(finding), null, 2)}\n`);
    const { seed, run, kind } = finding;
    const again = `uwsgi-bridge conformance fuzz ${subjectFlags(kind, flags)}`;
    say(io, `  wrote ${file}`);
    say(io, `  again: ${again} --only ${kind} --seed ${seed} --run ${run}`);
    say(io, `         ${again} --replay ${file}`);
  }
}

function subjectFlags(kind: CampaignKind, { worker, front, listen }: FuzzFlags): string {
  if (kind === "packets") return `--worker ${worker ? formatEndpoint(worker) : ""}`;
  const url = front ? `http://${authorityOf(front)}${front.base}` : "";
  return `--front ${url} --listen ${listen ? formatEndpoint(listen) : ""}`;
}

function connection(target: Target): { path: string } | { host: string; port: number } {
  return target.type === "unix" ? { path: target.path } : { host: target.host, port: target.port };
}
