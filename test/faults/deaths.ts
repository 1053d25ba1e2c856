import { isAlive, type LoggedProgram } from "../support/logged-program.ts";
import { sleep, until } from "../support/wait.ts";
import type { Experiment } from "./experiment.ts";
import { Lab } from "./lab.ts";
import type { Load } from "./load.ts";
import { holdingsOf } from "./proc.ts";

const SECOND_MS = 1000;
const CLIENTS = 24;
const ABORT_PERCENT = 1;

/** One of three worker processes is killed each second. */
export const killedWorkers: Experiment = {
  name: "F03",
  title: "kill -9 of a worker each second",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      const kills = scale === "full" ? 60 : 3;
      const { program, port } = await lab.serve("-p", "3");
      const before = holdingsOf(await program.pid());
      const load = await lab.load({ port, clients: CLIENTS });
      for (let count = 0; count < kills; count += 1) await killOldest(program, load);
      const totals = await load.stop();
      findings.fact("kills", kills);
      findings.load(totals, kills * CLIENTS);
      findings.ledger(await lab.ledger(), totals);
      const slowestMs = Math.max(...totals.afterMarksMs);
      findings.atMost("first 200 after a kill, slowest ms", slowestMs, scale === "full" ? 100 : 3000);
      findings.fact("longest gap ms", totals.longestGapMs);
      findings.holdings(before, holdingsOf(await program.pid()));
    } finally {
      await lab.close();
    }
  },
};

/** Clients that leave and workers that die, for a long time: every answer is that of its request. */
export const mixedDepartures: Experiment = {
  name: "K10",
  title: "clients leave and workers are killed: no answer goes astray",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      const { program, port } = await lab.serve("-p", "3");
      const load = await lab.load({ port, clients: CLIENTS, abortPercent: ABORT_PERCENT });
      const requests = scale === "full" ? 1_000_000 : 1000;
      const reached = load.reached(requests).then(() => true);
      let kills = 0;
      do {
        await killOldest(program);
        kills += 1;
      } while (!(await Promise.race([reached, sleep(1).then(() => false)])));
      const totals = await load.stop();
      findings.fact("kills", kills);
      findings.load(totals, kills * CLIENTS);
      findings.ledger(await lab.ledger(), totals);
    } finally {
      await lab.close();
    }
  },
};

/** A front process is killed: its own connections break, the others do not notice. */
export const killedFront: Experiment = {
  name: "F04",
  title: "kill -9 of a front process",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      const kills = scale === "full" ? 10 : 1;
      await lab.worker("-p", "1");
      const { program, port } = await lab.front("--processes", "2");
      const load = await lab.load({ port, clients: CLIENTS });
      let slowestMs = 0;
      for (let count = 0; count < kills; count += 1)
        slowestMs = Math.max(slowestMs, await killOldest(program));
      const totals = await load.stop();
      findings.fact("kills", kills);
      findings.load(totals, kills * CLIENTS);
      findings.holds("only broken connections", Object.keys(totals.byStatus).join() === "200");
      findings.ledger(await lab.ledger(), totals);
      findings.atMost("next process started after ms", slowestMs, scale === "full" ? 200 : 3000);
    } finally {
      await lab.close();
    }
  },
};

/**
 * Kill the process that serves longest, a second after the last time.
 *
 * @returns Milliseconds until the next one was started.
 */
export async function killOldest(program: LoggedProgram, load?: Load): Promise<number> {
  await sleep(SECOND_MS);
  await until(() => isSpareReady(program), "another process serves", 40_000);
  const alive = program.workerPids().filter(isAlive);
  const started = program.workerPids().length;
  const [oldest] = alive;
  if (oldest === undefined) throw new Error("no worker process is left");
  const killedAt = performance.now();
  process.kill(oldest, "SIGKILL");
  load?.mark();
  await until(() => program.workerPids().length > started, "another process is started", 40_000);
  return performance.now() - killedAt;
}

/** Whether two processes serve, where there is more than one: all that became ready, without the dead. */
function isSpareReady(program: LoggedProgram): boolean {
  const started = program.workerPids();
  const ready = program.linesAbout("a worker process is ready").length;
  const dead = started.filter((pid) => !isAlive(pid)).length;
  return started.length < 2 || ready - dead >= 2;
}
