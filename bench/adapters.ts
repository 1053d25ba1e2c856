import { fileURLToPath } from "node:url";
import type { Language } from "./adapter-request.ts";
import type { Sample } from "./load.ts";
import { cpuMicroseconds } from "./process-cpu.ts";
import { median, ratioOf } from "./statistics.ts";
import { formatTable } from "./table.ts";
import type { Peer, Workspace } from "./workspace.ts";

/** One application, through an adapter and on node:http. */
export interface AdapterMeasurement {
  readonly name: string;
  readonly peer: string;
  readonly aim: number | undefined;
  readonly worker: AdapterSample[];
  readonly http: AdapterSample[];
}

interface AdapterSample extends Sample {
  /** Processor time of the server, per request. */
  readonly cpuMicroseconds: number;
}

interface AdapterSettings {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  /** Applications to measure; all when empty. */
  readonly only: readonly string[];
}

/** An application and how it is run on the other side. */
const APPS: readonly { readonly name: string; readonly http: string; readonly aim?: number }[] = [
  { name: "plain", http: "plain", aim: 0.94 },
  { name: "express", http: "express", aim: 0.94 },
  { name: "koa", http: "koa", aim: 0.94 },
  { name: "fastify", http: "fastify", aim: 0.94 },
  { name: "hono-light", http: "hono-node-server", aim: 0.94 },
  { name: "hono", http: "hono", aim: 0.94 },
  // Objects of Node against lighter ones: what they cost, whoever brings them.
  { name: "hono", http: "hono-node-server" },
];
/** The names of the applications. */
export const ADAPTED_APPS: readonly string[] = [...new Set(APPS.map(({ name }) => name))];
const READY_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

/**
 * What the adapters cost: each application in our worker, asked with uwsgi packets, and on node:http (Hono through `@hono/node-server`), asked
 * with `Connection: close`. Both over Unix sockets, by the same client, in turns.
 */
export async function measureAdapters(
  workspace: Workspace,
  settings: AdapterSettings,
  report: (line: string) => void,
): Promise<AdapterMeasurement[]> {
  const apps = APPS.filter(({ name }) => settings.only.length === 0 || settings.only.includes(name));
  const measurements: AdapterMeasurement[] = apps.map(({ name, http, aim }) => ({
    name,
    peer: http,
    aim,
    worker: [],
    http: [],
  }));
  const bench = new AdapterBench(workspace, settings);
  for (const { name, http } of apps) {
    await bench.prepare("worker", name);
    await bench.prepare("http", http);
  }
  for (let round = 1; round <= settings.rounds; round += 1) {
    report(`adapters, round ${round}/${settings.rounds}`);
    for (const [index, { name, http }] of apps.entries()) {
      measurements[index]?.worker.push(await bench.measure("worker", name));
      measurements[index]?.http.push(await bench.measure("http", http));
    }
  }
  return measurements;
}

export function adaptersReport(measurements: readonly AdapterMeasurement[]): string {
  const rows = measurements.map(({ name, peer, aim, worker, http }) => {
    const ratios = worker.map((sample, round) => sample.requestsPerSecond / speedOf(http[round]));
    return [
      `${hasErrors([...worker, ...http]) ? "! " : "  "}${name}`,
      peer === name ? "" : peer,
      median(worker.map(speedOf)).toFixed(0),
      median(http.map(speedOf)).toFixed(0),
      ratioOf(worker.map(speedOf), http.map(speedOf)).toFixed(2),
      `${Math.min(...ratios).toFixed(2)} - ${Math.max(...ratios).toFixed(2)}`,
      aim === undefined ? "" : aim.toFixed(2),
      `${median(worker.map(cpuOf)).toFixed(0)} : ${median(http.map(cpuOf)).toFixed(0)}`,
    ];
  });
  return formatTable(
    ["application", "against", "in our worker", "on node:http", "ratio", "rounds", "aim", "CPU us"],
    rows,
  );
}

type Way = "worker" | "http";

class AdapterBench {
  readonly #workspace: Workspace;
  readonly #settings: AdapterSettings;
  readonly #peers = new Map<string, Peer>();

  constructor(workspace: Workspace, settings: AdapterSettings) {
    this.#workspace = workspace;
    this.#settings = settings;
  }

  /** Start a server, once, wait until it answers as it must. */
  async prepare(way: Way, framework: string): Promise<void> {
    const path = this.#path(way, framework);
    if (this.#peers.has(path)) return;
    const args = ["--import", "tsx", fileOf("adapter-server.ts"), framework, way, path];
    const peer = this.#workspace.start(`adapter-${way}-${framework}`, process.execPath, args);
    this.#peers.set(path, peer);
    const deadline = performance.now() + READY_WITHIN_MS;
    for (;;) {
      const { errors, nonSuccess } = await this.#load(way, framework, 0.01, 1);
      if (errors + nonSuccess === 0) break;
      if (performance.now() > deadline || !peer.isRunning)
        throw new Error(`${framework}, ${way}: ${peer.lastWords()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** One measurement, of a server that runs warm: Node gives back memory and compiled code while it is idle. */
  async measure(way: Way, framework: string): Promise<AdapterSample> {
    const { seconds, connections } = this.#settings;
    await this.#load(way, framework, seconds, connections);
    const pid = this.#peers.get(this.#path(way, framework))?.pid ?? 0;
    const before = cpuMicroseconds(pid);
    const sample = await this.#load(way, framework, seconds, connections);
    const used = cpuMicroseconds(pid) - before;
    return { ...sample, cpuMicroseconds: used / (sample.requestsPerSecond * seconds) };
  }

  async #load(way: Way, framework: string, seconds: number, connections: number): Promise<Sample> {
    const language: Language = way === "worker" ? "uwsgi" : "http";
    const path = this.#path(way, framework);
    const args = [fileOf("adapter-load.ts"), path, language, `${connections}`, `${seconds}`];
    const output = await this.#workspace.run("adapter-load", process.execPath, ["--import", "tsx", ...args]);
    return JSON.parse(output.slice(output.indexOf("{"))) as Sample;
  }

  #path(way: Way, framework: string): string {
    return this.#workspace.path(`${way}-${framework}.sock`);
  }
}

function speedOf(sample: Sample | undefined): number {
  return sample?.requestsPerSecond ?? Number.NaN;
}

function cpuOf({ cpuMicroseconds: used }: AdapterSample): number {
  return used;
}

function hasErrors(samples: readonly Sample[]): boolean {
  return samples.some(({ errors, nonSuccess }) => errors + nonSuccess > 0);
}

function fileOf(name: string): string {
  return fileURLToPath(new URL(`peers/${name}`, import.meta.url));
}
