// A worker and a front in a process of their own, whose memory and descriptors are nobody else's. Talks to the test over IPC.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createFront } from "../../../src/front/front.ts";
import { formatEndpoint } from "../../../src/net/endpoint.ts";
import { createWorker, type WorkerStats } from "../../../src/worker/worker.ts";
import { anyPort } from "../../support/endpoints.ts";
import { signal } from "../../support/wait.ts";
import { stormApps } from "./apps.ts";
import type { Tally } from "./tally.ts";

/** What the program tells about itself. */
export interface Report {
  readonly tally: Omit<Tally, "released">;
  readonly worker: WorkerStats;
  /** Open descriptors, where the system tells. */
  readonly descriptors: number;
  /** How many of each kind of resource keep the process busy. */
  readonly resources: Readonly<Record<string, number>>;
  readonly rssBytes: number;
  /** Memory in use, the heap and what lies outside of it, after a collection. */
  readonly heldBytes: number;
}

/** Where it listens, sent once. */
export interface Addresses {
  readonly unix: string;
  readonly tcpPort: number;
  readonly frontPort: number;
}

const [, , kind = "", directory = ""] = process.argv;
const release = signal();
const tally: Tally = { called: 0, gone: 0, bytes: 0, released: release.promise };
const app = stormApps[kind]?.(tally);
if (!app) throw new Error(`no application ${kind}`);

const worker = createWorker(app, { maxConcurrentRequests: 1000 });
const path = join(directory, "storm.sock");
const unix = await worker.listen({ type: "unix", path }, { mode: 0o666 });
const tcp = await worker.listen(anyPort);
const front = createFront({ to: [formatEndpoint(unix)], requestBuffering: false });
const http = await front.listen(anyPort);

process.on("message", (message) => {
  if (message === "release") release.resolve();
  else process.send?.(report());
});
process.on("disconnect", () => process.exit());
const portOf = (endpoint: typeof tcp): number => (endpoint.type === "tcp" ? endpoint.port : 0);
const addresses: Addresses = { unix: path, tcpPort: portOf(tcp), frontPort: portOf(http) };
process.send?.(addresses);

function report(): Report {
  globalThis.gc?.();
  const { called, gone, bytes } = tally;
  const resources: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) resources[name] = (resources[name] ?? 0) + 1;
  const descriptors = process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
  const { rss: rssBytes, heapUsed, external } = process.memoryUsage();
  return {
    tally: { called, gone, bytes },
    worker: worker.stats(),
    descriptors,
    resources,
    rssBytes,
    heldBytes: heapUsed + external,
  };
}
