import type { LoggedProgram } from "../support/logged-program.ts";
import type { Experiment, Scale } from "./experiment.ts";
import type { Findings } from "./findings.ts";
import { Lab } from "./lab.ts";
import type { Load } from "./load.ts";
import { holdingsOf } from "./proc.ts";

const SIZES = {
  quick: { reloads: 3, requests: 500 },
  full: { reloads: 50, requests: 200_000 },
} as const;
const CLIENTS = 24;
/** Half of the clients wait between requests: their connections are idle when a process ends. */
const PAUSES_MS = [0, 40];

/** New code for the workers of `serve`. */
export const workerReload: Experiment = {
  name: "F01",
  title: "the workers are reloaded under load",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      const { program, port } = await lab.serve("-p", "2");
      const before = holdingsOf(await program.pid());
      const load = await lab.load({ port, clients: CLIENTS, pausesMs: PAUSES_MS });
      await reload({ program, load, lab, findings }, scale);
      findings.holdings(before, holdingsOf(await program.pid()));
    } finally {
      await lab.close();
    }
  },
};

/** New processes for `front --processes 2`. */
export const frontReload: Experiment = {
  name: "F02",
  title: "the front is reloaded under load",
  async run(scale, findings) {
    const lab = await Lab.open();
    try {
      await lab.worker("-p", "2");
      const { program, port } = await lab.front("--processes", "2");
      const load = await lab.load({ port, clients: CLIENTS, pausesMs: PAUSES_MS });
      await reload({ program, load, lab, findings }, scale);
    } finally {
      await lab.close();
    }
  },
};

interface Stage {
  readonly program: LoggedProgram;
  readonly load: Load;
  readonly lab: Lab;
  readonly findings: Findings;
}

async function reload({ program, load, lab, findings }: Stage, scale: Scale): Promise<void> {
  const { reloads, requests } = SIZES[scale];
  for (let count = 1; count <= reloads; count += 1) {
    await program.signal("SIGHUP");
    await program.logged("reloaded", count);
  }
  await load.reached(requests);
  const totals = await load.stop();
  findings.fact("reloads", reloads);
  findings.atLeast("requests", totals.requests, requests);
  findings.load(totals);
  findings.ledger(await lab.ledger(), totals);
  findings.fact("longest gap ms", totals.longestGapMs);
}
