import { sendHttp } from "../support/http-client.ts";
import { sleep, until } from "../support/wait.ts";
import { killOldest } from "./deaths.ts";
import type { Experiment } from "./experiment.ts";
import { Lab } from "./lab.ts";

const ASKED = 100;
const SECOND_MS = 1000;
const LIMIT_MS = 15_000;

/** A request that ends the process which runs it. */
export const poison: Experiment = {
  name: "F17",
  title: "a GET that kills its worker",
  async run(scale, findings) {
    const lab = await Lab.open();
    const processes = 3;
    try {
      const { program, port } = await lab.serve("-p", String(processes));
      await program.logged("a worker process is ready", processes);
      const rounds = scale === "full" ? 5 : 1;
      for (let round = 1; round <= rounds; round += 1) {
        // Long enough apart to be no crash loop.
        if (round > 1) await sleep(2 * SECOND_MS);
        const before = deaths();
        const { status } = await sendHttp(port, { path: "/die" });
        findings.fact("answer", status);
        await until(() => deaths() > before, "the process is replaced", LIMIT_MS);
        await sleep(SECOND_MS / 5);
        findings.atMost("workers lost", deaths() - before, 2);
      }
      findings.fact("then", (await sendHttp(port)).status);
      function deaths(): number {
        // The same death twice is logged once.
        return program.workerPids().length - processes;
      }
    } finally {
      await lab.close();
    }
  },
};

/** Processes that end again and again. */
export const crashLoop: Experiment = {
  name: "F26",
  title: "an application that crashes as soon as it is loaded",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      const seconds = scale === "full" ? 30 : 4;
      const { program, port } = await lab.serve("-p", "1");
      await lab.write("process.exit(9);");
      await killOldest(program);
      const before = program.workerPids().length;
      await program.logged("can not be started");
      // Whoever connected before the name of the socket was taken away waits in its queue.
      await sleep(SECOND_MS / 2);
      const startedAt = performance.now();
      const times: number[] = [];
      let refused = 0;
      while (performance.now() - startedAt < seconds * SECOND_MS) {
        const askedAt = performance.now();
        const { status } = await sendHttp(port);
        times.push(performance.now() - askedAt);
        if (status === 503) refused += 1;
        await sleep((seconds * SECOND_MS) / ASKED);
      }
      times.sort((a, b) => a - b);
      const middle = times[Math.floor(times.length / 2)] ?? Number.NaN;
      findings.fact("seconds", seconds);
      findings.atMost("processes started", program.workerPids().length - before, seconds + 2);
      findings.fact("requests", times.length);
      findings.atLeast("503", refused, times.length);
      findings.atMost("median ms", middle, scale === "full" ? 10 : SECOND_MS);
      findings.fact("max ms", times.at(-1) ?? Number.NaN);
    } finally {
      await lab.close();
    }
  },
};
