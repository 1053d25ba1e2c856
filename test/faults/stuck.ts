import { sendHttp } from "../support/http-client.ts";
import { appSource } from "../support/token-app.ts";
import { sleep } from "../support/wait.ts";
import type { Experiment } from "./experiment.ts";
import { Lab } from "./lab.ts";

const CLIENTS = 12;
const QUICK_LIMIT_MS = 5000;

/** Code that never returns. */
export const endlessLoop: Experiment = {
  name: "F15",
  title: "for(;;){} in an application",
  async run(scale, findings) {
    const lab = await Lab.open(
      appSource("one").replace(
        '  if (environ.PATH_INFO === "/die")',
        '  if (environ.PATH_INFO === "/stuck") for (;;);\n$&',
      ),
    );
    try {
      const harakiriMs = scale === "full" ? 3000 : 1000;
      const { program, port } = await lab.serve("-p", "2", "--harakiri", `${harakiriMs}ms`);
      await program.logged("a worker process is ready", 2);
      const load = await lab.load({ port, clients: CLIENTS });
      const rounds = scale === "full" ? 3 : 1;
      for (let round = 1; round <= rounds; round += 1) {
        const startedAt = performance.now();
        const { status } = await sendHttp(port, { path: "/stuck" });
        const elapsedMs = performance.now() - startedAt;
        findings.holds("504", status === 504, String(status));
        const limitMs = harakiriMs + (scale === "full" ? 500 : QUICK_LIMIT_MS);
        findings.atMost("answered after ms", elapsedMs, limitMs);
        const [line] = (await program.logged("code keeps the event loop", round)).slice(-1);
        const stack = Array.isArray(line?.["stack"]) ? line["stack"].join(" ") : "";
        findings.holds("stack in the log", stack.includes("app.mjs"), stack);
        await program.logged("a worker process is ready", 2 + round);
      }
      const totals = await load.stop();
      const { 200: good = 0, 504: late = 0, 502: lost = 0 } = totals.byStatus;
      findings.load(totals, totals.requests);
      findings.fact("other requests answered 504", late);
      findings.atMost("other requests lost", lost, 0);
      findings.atMost("without an answer", totals.requests - good - late - lost, 0);
      findings.ledger(await lab.ledger(), totals);
    } finally {
      await lab.close();
    }
  },
};

/** A worker process that stands still for a while, and then goes on where it was. */
export const stoppedWorker: Experiment = {
  name: "F24",
  title: "SIGSTOP of a worker, then SIGCONT",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      const readTimeoutMs = scale === "full" ? 2000 : 500;
      const worker = await lab.worker("-p", "1");
      const { port } = await lab.front("--read-timeout", `${readTimeoutMs}ms`);
      const load = await lab.load({ port, clients: CLIENTS });
      const [pid = 0] = worker.workerPids();
      await sleep(readTimeoutMs);
      process.kill(pid, "SIGSTOP");
      await sleep(scale === "full" ? 10_000 : 1500);
      process.kill(pid, "SIGCONT");
      const continuedAt = Date.now();
      await sleep(readTimeoutMs * 2);
      const totals = await load.stop();
      const { 200: good = 0, 504: late = 0, 503: refused = 0 } = totals.byStatus;
      findings.load(totals, totals.requests);
      findings.atLeast("504", late, 1);
      findings.atMost("neither 200, 503 nor 504", totals.requests - good - late - refused, 0);
      findings.atLeast("served again", Math.min(1, totals.recoveredAt / continuedAt), 1);
      findings.ledger(await lab.ledger(), totals);
    } finally {
      await lab.close();
    }
  },
};
