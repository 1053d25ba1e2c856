import { dyingServer, garblingServer, hangingServer } from "./bad-servers.ts";
import { crashLoop, poison } from "./crashes.ts";
import { earlyRefusals, idleConnections, pipeline, stoppedReaders } from "./crowds.ts";
import { resets } from "./cuts.ts";
import { killedFront, killedWorkers, mixedDepartures } from "./deaths.ts";
import type { Experiment } from "./experiment.ts";
import { closeIdle, invertedIdle } from "./idle-race.ts";
import { movingServer } from "./moving-server.ts";
import { shortBacklog, workersAway } from "./overload.ts";
import { frontReload, workerReload } from "./reloads.ts";
import { slowloris } from "./slowloris.ts";
import { soak } from "./soak.ts";
import { endlessLoop, stoppedWorker } from "./stuck.ts";

/** All experiments. */
export const EXPERIMENTS: readonly Experiment[] = [
  workerReload,
  frontReload,
  killedWorkers,
  killedFront,
  idleConnections,
  stoppedReaders,
  slowloris,
  pipeline,
  shortBacklog,
  workersAway,
  endlessLoop,
  earlyRefusals,
  poison,
  invertedIdle,
  stoppedWorker,
  crashLoop,
  resets,
  closeIdle,
  mixedDepartures,
  soak,
  movingServer,
  dyingServer,
  hangingServer,
  garblingServer,
];
