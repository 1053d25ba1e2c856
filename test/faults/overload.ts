import { isAccepting } from "../support/ports.ts";
import { appSource } from "../support/token-app.ts";
import { sleep } from "../support/wait.ts";
import type { Experiment, Scale } from "./experiment.ts";
import type { Findings } from "./findings.ts";
import { Lab } from "./lab.ts";

const CLIENTS = 400;
const BACKLOG = 100;
const FROZEN_MS = 500;
/** Fast enough for a test that runs beside others. */
const QUICK_LIMIT_MS = 3000;

/** A queue of the system that is too short for the clients: they wait, and nobody is told that there is no server. */
export const shortBacklog: Experiment = {
  name: "F13",
  title: "400 clients before a Unix socket with a backlog of 100",
  async run(scale, findings) {
    for (const persist of ["on", "off"]) await overflow(persist, scale, findings);
  },
};

async function overflow(persist: string, scale: Scale, findings: Findings): Promise<void> {
  const lab = await Lab.open(slowSource());
  try {
    const worker = await lab.worker("-p", "4", "-l", String(BACKLOG), "--concurrency", "1");
    await worker.logged("a worker process is ready", 4);
    const { program, port } = await lab.front("--persist", persist, "--log-level", "debug");
    const load = await lab.load({ port, clients: CLIENTS });
    const rounds = scale === "full" ? 10 : 1;
    for (let round = 0; round < rounds; round += 1) {
      // While nobody accepts, the queue fills.
      for (const pid of worker.workerPids()) process.kill(pid, "SIGSTOP");
      await sleep(FROZEN_MS);
      for (const pid of worker.workerPids()) process.kill(pid, "SIGCONT");
      await sleep(scale === "full" ? 5 * FROZEN_MS : FROZEN_MS);
    }
    const totals = await load.stop();
    findings.fact("persist", persist);
    findings.load(totals);
    findings.ledger(await lab.ledger(), totals);
    findings.fact("front log", new Set(program.linesAbout("a request").map(({ code }) => code)).size);
  } finally {
    await lab.close();
  }
}

/** No worker for a while: whoever asks is told so at once, and served as soon as there is one again. */
export const workersAway: Experiment = {
  name: "F14",
  title: "all workers are away for a while",
  async run(scale, findings) {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) await outage(signal, scale, findings);
  },
};

async function outage(signal: "SIGTERM" | "SIGKILL", scale: Scale, findings: Findings): Promise<void> {
  const clients = 24;
  const lab = await Lab.open();
  try {
    const first = await lab.worker("-p", "2");
    const { port } = await lab.front();
    const load = await lab.load({ port, clients, failurePauseMs: 20 });
    await sleep(FROZEN_MS);
    if (signal === "SIGTERM") await first.signal(signal);
    else await first.program.stop(signal);
    await sleep(scale === "full" ? 5000 : 1000);
    const second = lab.start(["worker", lab.app, "-s", lab.socket, "-p", "2"]);
    while (!(await isAccepting({ path: lab.socket }))) await sleep(2);
    const returnedAt = Date.now();
    await second.logged("a worker process is ready", 1);
    await sleep(FROZEN_MS);
    const totals = await load.stop();
    const { 200: good = 0, 503: refused = 0, 502: lost = 0 } = totals.byStatus;
    findings.fact("ended by", signal);
    findings.load(totals, totals.requests);
    findings.atLeast("503", refused, clients);
    findings.atMost(
      "neither 200 nor 503",
      totals.requests - good - refused,
      signal === "SIGKILL" ? clients : 0,
    );
    findings.fact("cut off", lost);
    findings.atMost("median refusal ms", totals.refusalMs, scale === "full" ? 100 : QUICK_LIMIT_MS);
    findings.fact("slowest refusal ms", totals.slowestRefusalMs);
    findings.atLeast("recovered", totals.recoveredAt, 1);
    const afterMs = Math.max(0, totals.recoveredAt - returnedAt);
    findings.atMost("first 200 after ms", afterMs, scale === "full" ? 200 : QUICK_LIMIT_MS);
    findings.ledger(await lab.ledger(), totals);
  } finally {
    await lab.close();
  }
}

/** The application takes two milliseconds for each request. */
function slowSource(): string {
  return appSource("one").replace(
    "  startResponse(",
    "  await new Promise((resolve) => setTimeout(resolve, 2));\n  startResponse(",
  );
}
