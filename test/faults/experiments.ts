import { killedFront, killedWorkers, mixedDepartures } from "./deaths.ts";
import type { Experiment } from "./experiment.ts";
import { frontReload, workerReload } from "./reloads.ts";

/** All experiments, in the order of their names. */
export const EXPERIMENTS: readonly Experiment[] = [
  workerReload,
  frontReload,
  killedWorkers,
  killedFront,
  mixedDepartures,
];
