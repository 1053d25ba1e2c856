import type { LoggedProgram } from "../support/logged-program.ts";
import { freePort } from "../support/ports.ts";
import { sleep } from "../support/wait.ts";
import type { Experiment, Scale } from "./experiment.ts";
import type { Findings } from "./findings.ts";
import { Lab } from "./lab.ts";
import type { LoadTotals } from "./load-plan.ts";
import { startScript } from "./scripted-worker.ts";

const CLIENTS = 24;
const FAIL_TIMEOUT_MS = 1000;
const READ_TIMEOUT_MS = 500;
const GARBAGE = "<html>It works!</html>\n\n";

/** How long a server is bad. */
function outageMs(scale: Scale): number {
  return scale === "full" ? 10_000 : 2000;
}

/** One of two servers is killed, and comes back. */
export const dyingServer: Experiment = {
  name: "F31",
  title: "what clients saw: one of two servers dies, and returns",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      const { bad, victim, program, load } = await startTwoServers(lab);
      await victim.program.stop("SIGKILL");
      load.mark();
      await program.logged("a server is down");
      await sleep(outageMs(scale));
      await startServer(lab, bad);
      await program.logged("a server is up again");
      await sleep(FAIL_TIMEOUT_MS);
      const totals = await load.stop();
      // What was on its way and may have run.
      report(findings, totals, CLIENTS);
      findings.fact("first 200 after the kill, ms", Math.max(...totals.afterMarksMs));
      findings.ledger(await lab.ledger(), totals);
    } finally {
      await lab.close();
    }
  },
};

/** One of two servers stands still, and goes on where it was. */
export const hangingServer: Experiment = {
  name: "F32",
  title: "what clients saw: one of two servers hangs, and goes on",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      const { victim, program, load } = await startTwoServers(lab);
      const [pid = 0] = victim.workerPids();
      process.kill(pid, "SIGSTOP");
      await program.logged("a server is down");
      await sleep(outageMs(scale));
      process.kill(pid, "SIGCONT");
      await program.logged("a server is up again");
      await sleep(FAIL_TIMEOUT_MS);
      const totals = await load.stop();
      // What was on its way and may have run, and each request that tried whether the server is back.
      report(findings, totals, CLIENTS + probes(scale));
      findings.ledger(await lab.ledger(), totals);
    } finally {
      await lab.close();
    }
  },
};

/** One of two servers answers what is no answer, and nothing else. */
export const garblingServer: Experiment = {
  name: "F33",
  title: "what clients saw: one of two servers answers garbage",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      const good = await address();
      await startServer(lab, good);
      let garbled = 0;
      const bad = await startScript(lab, ({ socket }) => {
        garbled += 1;
        socket.end(GARBAGE);
      });
      const { program, port } = await startFront(lab, good, bad);
      const load = await lab.load({ port, clients: CLIENTS });
      await program.logged("a server is down");
      await sleep(outageMs(scale));
      const totals = await load.stop();
      report(findings, totals, CLIENTS + probes(scale));
      findings.fact("requests to the bad one", garbled);
      findings.atMost(
        "failed, and not by the bad one",
        totals.requests - (totals.byStatus[200] ?? 0) - garbled,
        0,
      );
      findings.ledger(await lab.ledger(), totals);
    } finally {
      await lab.close();
    }
  },
};

/** Requests that try a bad server while it is out: one at a time, each followed by a pause. */
function probes(scale: Scale): number {
  return 2 + Math.ceil(outageMs(scale) / FAIL_TIMEOUT_MS);
}

/** The same figures in every row. */
export function report(findings: Findings, totals: LoadTotals, mayFail: number): void {
  findings.load(totals, mayFail);
  findings.fact("longest gap ms", totals.longestGapMs);
}

/** Two servers under load for a while, one of which is about to be bad. */
async function startTwoServers(lab: Lab): Promise<{
  /** The address of the victim. */
  readonly bad: string;
  readonly victim: LoggedProgram;
  /** The front. */
  readonly program: LoggedProgram;
  readonly load: Awaited<ReturnType<Lab["load"]>>;
}> {
  const [good, bad] = [await address(), await address()];
  await startServer(lab, good);
  const victim = await startServer(lab, bad);
  const { program, port } = await startFront(lab, good, bad);
  const load = await lab.load({ port, clients: CLIENTS });
  await sleep(FAIL_TIMEOUT_MS);
  return { bad, victim, program, load };
}

async function address(): Promise<string> {
  return `127.0.0.1:${await freePort()}`;
}

async function startServer(lab: Lab, at: string): Promise<LoggedProgram> {
  const server = lab.start(["worker", lab.app, "-s", at, "-p", "1"]);
  await server.logged("a worker process is ready");
  return server;
}

function startFront(lab: Lab, ...to: readonly string[]): ReturnType<Lab["front"]> {
  const servers = to.flatMap((text) => ["--to", text]);
  const times = ["--fail-timeout", `${FAIL_TIMEOUT_MS}ms`, "--read-timeout", `${READ_TIMEOUT_MS}ms`];
  return lab.front(...servers, ...times);
}
