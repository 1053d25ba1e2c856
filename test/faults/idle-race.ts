import { PERSISTENCE } from "../../src/codec/persistence.ts";
import { createFront } from "../../src/front/front.ts";
import { anyPort } from "../support/endpoints.ts";
import type { Experiment } from "./experiment.ts";
import type { Findings } from "./findings.ts";
import { Lab } from "./lab.ts";
import { type ScriptedRequest, startScript, varOf } from "./scripted-worker.ts";

interface Race {
  readonly requests: number;
  readonly workerIdleMs: number;
  readonly frontIdleMs: number;
  /** The worker says that it leaves, as ours does. */
  readonly saysSo: boolean;
}

const CLIENTS = 64;

/** The worker ends idle connections before the front does, and has promised not to. */
export const invertedIdle: Experiment = {
  name: "F20",
  title: "the worker gives idle connections up before the front does",
  async run(scale, findings) {
    const requests = scale === "full" ? 50_000 : 1500;
    for (const saysSo of [true, false]) {
      const { failed, failedGets } = await race(
        { requests, workerIdleMs: 50, frontIdleMs: 60, saysSo },
        findings,
      );
      // A POST on a connection that ended without a word may have run.
      findings.atMost("failed", saysSo ? failed : failedGets, 0);
    }
  },
};

/** The right way round, as close as that. */
export const closeIdle: Experiment = {
  name: "K04",
  title: "the front gives idle connections up just before the worker does",
  async run(scale, findings) {
    const requests = scale === "full" ? 100_000 : 1500;
    const { failed } = await race({ requests, workerIdleMs: 50, frontIdleMs: 40, saysSo: true }, findings);
    findings.atMost("failed", failed, 0);
  },
};

async function race(
  { requests, workerIdleMs, frontIdleMs, saysSo }: Race,
  findings: Findings,
): Promise<{ failed: number; failedGets: number }> {
  const lab = await Lab.open();
  try {
    const ledger: string[] = [];
    let ended = 0;
    const timers = new WeakMap<object, NodeJS.Timeout>();
    const worker = await startScript(lab, (request) => {
      const { socket, body } = request;
      if (socket.writableEnded) return;
      clearTimeout(timers.get(socket));
      if (body !== "") ledger.push(body);
      keep(request);
      timers.set(
        socket,
        setTimeout(() => {
          ended += 1;
          socket.end(saysSo ? PERSISTENCE.closeMark : "", "latin1");
          // Nothing that still comes is run, and nothing of what was said is lost to a reset.
          setTimeout(() => socket.destroy(), workerIdleMs);
        }, workerIdleMs),
      );
    });
    const front = createFront({ to: [worker], persistIdleMs: frontIdleMs });
    lab.atEnd(() => front.close(0));
    const endpoint = await front.listen(anyPort);
    const port = endpoint.type === "tcp" ? endpoint.port : 0;
    const pausesMs = [0, workerIdleMs - 4, workerIdleMs - 2, workerIdleMs - 1, workerIdleMs, frontIdleMs];
    const load = await lab.load({ port, clients: CLIENTS, pausesMs });
    await load.reached(requests);
    const totals = await load.stop();
    findings.fact("the worker", saysSo ? "says so" : "says nothing");
    findings.load(totals, totals.requests);
    findings.fact("connections ended by the worker", ended);
    findings.ledger(ledger, totals);
    const { 200: good = 0 } = totals.byStatus;
    return { failed: totals.requests - good, failedGets: totals.failedGets };
  } finally {
    await lab.close();
  }
}

/** Answer as the application of the load would. */
function keep(request: ScriptedRequest): void {
  const text = `one 1 1 ${request.body || varOf(request, "QUERY_STRING")}`;
  request.socket.write(
    `HTTP/1.1 200 OK\r\n${PERSISTENCE.header}: 60\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    "latin1",
  );
}
