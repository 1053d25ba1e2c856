import { isAlive, type LoggedProgram } from "../support/logged-program.ts";
import { sleep } from "../support/wait.ts";
import type { Experiment, Scale } from "./experiment.ts";
import type { Findings } from "./findings.ts";
import { Lab } from "./lab.ts";
import type { Load } from "./load.ts";
import { type Holdings, holdingsOf } from "./proc.ts";
import { lowest, type Sample, slopePerHour } from "./slope.ts";

const SIZES = {
  quick: { requests: 20_000, longestMs: 8000, warmUpMs: 500, killEveryMs: 1000 },
  full: { requests: 20_000_000, longestMs: 45 * 60_000, warmUpMs: 8 * 60_000, killEveryMs: 10_000 },
} as const;
const SAMPLE_MS = 500;
const SPAN_MS = 60_000;
const CLIENTS = 32;
/** Some clients think between their requests. */
const PAUSES_MS = [0, 0, 0, 0, 0, 0, 0, 5];
const WARM_UP_RELOADS = 3;
const UPLOAD_BYTES = 100_000;

/** Everything at once, for a long time: what is held at the end is what was held after the warm-up. */
export const soak: Experiment = {
  name: "F23",
  title: "a long mixed load: uploads, leavers, pauses, kills and reloads",
  async run(scale, findings) {
    const lab = await Lab.open(SOURCE);
    try {
      const { program, port } = await lab.serve("-p", "3");
      const load = await lab.load({
        port,
        clients: CLIENTS,
        postPercent: 10,
        abortPercent: 5,
        uploadPercent: 5,
        uploadBytes: UPLOAD_BYTES,
        pausesMs: PAUSES_MS,
      });
      const kills = await observe(program, load, { scale, findings });
      const totals = await load.stop();
      findings.load(totals, kills * CLIENTS);
      findings.ledger(await lab.ledger(), totals);
    } finally {
      await lab.close();
    }
  },
};

/** @returns How many processes were killed. */
async function observe(
  program: LoggedProgram,
  load: Load,
  { scale, findings }: { readonly scale: Scale; readonly findings: Findings },
): Promise<number> {
  const { requests, longestMs, warmUpMs, killEveryMs } = SIZES[scale];
  const startedAt = performance.now();
  const front = await program.pid();
  for (let count = 1; count <= WARM_UP_RELOADS; count += 1) {
    await program.signal("SIGHUP");
    await program.logged("reloaded", count);
  }
  await sleep(warmUpMs);
  // The processes of now: one of them is left alone to the end, the others are killed in turn.
  const [kept = 0] = program.workerPids().filter(isAlive);
  const histories = { front: new History(front), worker: new History(kept) };
  let kills = 0;
  let killAt = performance.now() + killEveryMs;
  do {
    await sleep(SAMPLE_MS);
    for (const history of Object.values(histories)) history.sample();
    if (performance.now() < killAt) continue;
    const victim = program.workerPids().filter((pid) => pid !== kept && isAlive(pid))[0];
    if (victim !== undefined) process.kill(victim, "SIGKILL");
    killAt = performance.now() + killEveryMs;
    kills += 1;
  } while (performance.now() - startedAt < longestMs && !load.hasReached(requests));
  findings.fact("minutes", (performance.now() - startedAt) / 60_000);
  findings.fact("kills", kills);
  for (const [name, history] of Object.entries(histories)) history.report(name, scale, findings);
  return kills;
}

/** What one process held all the time. */
class History {
  readonly #pid: number;
  readonly #memory: Sample[] = [];
  readonly #descriptors: Sample[] = [];

  constructor(pid: number) {
    this.#pid = pid;
  }

  sample(): void {
    const { rssMib, descriptors }: Holdings = holdingsOf(this.#pid);
    const atMs = performance.now();
    this.#memory.push({ atMs, value: rssMib });
    this.#descriptors.push({ atMs, value: descriptors });
  }

  report(name: string, scale: Scale, findings: Findings): void {
    const spans = lowest(this.#memory, SPAN_MS);
    const slope = slopePerHour(spans);
    findings.fact(`${name} RSS MiB`, `${spans.at(0)?.value.toFixed(1)} -> ${spans.at(-1)?.value.toFixed(1)}`);
    const limit = scale === "full" ? 1 : Number.POSITIVE_INFINITY;
    findings.atMost(`${name} RSS slope MiB per hour`, slope, limit);
    const counts = lowest(this.#descriptors, SPAN_MS);
    findings.fact(`${name} fds`, `${counts.at(0)?.value} -> ${counts.at(-1)?.value}`);
    findings.atMost(`${name} fds, rise per hour`, slopePerHour(counts), scale === "full" ? 4 : 1e6);
  }
}

/** As the application of the other experiments, with bodies whose token ends with their first line. */
const SOURCE = `import { appendFileSync } from "node:fs";
export const application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  const [token] = body.toString("latin1", 0, 100).split("\\n");
  if (token && process.env.LEDGER) appendFileSync(process.env.LEDGER, token + "\\n");
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from("one " + process.pid + " 0 " + (token || environ.QUERY_STRING))];
};
`;
