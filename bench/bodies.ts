import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { download, upload } from "./large-body.ts";
import { childrenOf, highestPeak, peakMemory } from "./memory.ts";
import { formatTable } from "./table.ts";
import { freePort, type Peer, type Workspace } from "./workspace.ts";

/** One large body through a fresh `serve`. */
export interface BodyMeasurement {
  readonly name: string;
  readonly seconds: number;
  /** MB (10^6 bytes) per second. */
  readonly speed: number;
  readonly front: Memory;
  readonly worker: Memory;
  /** What was wrong with the body; `undefined` when it arrived whole and unchanged. */
  readonly fault: string | undefined;
}

/** The peak memory of a process, in MB. `undefined` where the system does not tell. */
interface Memory {
  readonly before: number | undefined;
  readonly after: number | undefined;
}

interface BodyCase {
  readonly name: string;
  readonly buffering: "on" | "off";
  readonly transfer: (port: number, size: number) => Promise<string>;
}

const CASES: readonly BodyCase[] = [
  {
    name: "upload, Content-Length, buffered",
    buffering: "on",
    transfer: (port, size) => upload(port, size, false),
  },
  { name: "upload, chunked, buffered", buffering: "on", transfer: (port, size) => upload(port, size, true) },
  {
    name: "upload, Content-Length, not buffered",
    buffering: "off",
    transfer: (port, size) => upload(port, size, false),
  },
  {
    name: "upload, chunked, not buffered",
    buffering: "off",
    transfer: (port, size) => upload(port, size, true),
  },
  { name: "download", buffering: "on", transfer: download },
];

const AIM_MB = 120;
const START_TIMEOUT_MS = 20_000;
const RETRY_MS = 50;

/** Send a body of this size through every path, each time through new processes: a peak can not be taken back. */
export async function measureBodies(
  workspace: Workspace,
  size: number,
  report: (line: string) => void,
): Promise<BodyMeasurement[]> {
  const measurements: BodyMeasurement[] = [];
  for (const bodyCase of CASES) {
    report(bodyCase.name);
    measurements.push(await measureBody(bodyCase, workspace, size));
  }
  return measurements;
}

export function bodiesReport(measurements: readonly BodyMeasurement[], mebibytes: number): string {
  const rows = measurements.map(({ name, seconds, speed, front, worker, fault }) => [
    `${fault === undefined ? "  " : "! "}${name}`,
    seconds.toFixed(2),
    speed.toFixed(0),
    memoryText(front),
    memoryText(worker),
    fault ?? "whole",
  ]);
  const header = ["a large body through serve", "seconds", "MB/s", "front MB", "worker MB", "body"];
  return `${mebibytes} MiB each; peak memory of each process before and after, aim: below ${AIM_MB} MB\n${formatTable(header, rows)}`;
}

async function measureBody(
  { name, buffering, transfer }: BodyCase,
  workspace: Workspace,
  size: number,
): Promise<BodyMeasurement> {
  const port = await freePort();
  const app = join(import.meta.dirname, "peers", "body-app.ts");
  const serve = workspace.start(`bodies-${port}`, process.execPath, [
    ...["bin/uwsgi-bridge.js", "serve", app, "--http", `127.0.0.1:${port}`, "--client-max-body-size", "0"],
    ...["--request-buffering", buffering, "--temp-dir", workspace.directory],
  ]);
  try {
    await untilServing(serve, port);
    const workers = childrenOf(serve.pid);
    const frontBefore = peakMemory(serve.pid);
    const workerBefore = highestPeak(workers);
    const started = performance.now();
    const found = await transfer(port, size).catch((error: unknown) => String(error));
    const seconds = (performance.now() - started) / 1000;
    return {
      name,
      seconds,
      speed: size / 1e6 / seconds,
      front: { before: frontBefore, after: peakMemory(serve.pid) },
      worker: { before: workerBefore, after: highestPeak(workers) },
      fault: found === `${size} right` ? undefined : found,
    };
  } finally {
    await serve.stop();
  }
}

function memoryText({ before, after }: Memory): string {
  return after === undefined ? "?" : `${before?.toFixed(0) ?? "?"} to ${after.toFixed(0)}`;
}

async function untilServing(serve: Peer, port: number): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    const found = await download(port, 1).catch(() => undefined);
    if (found === "1 right") return;
    if (!serve.isRunning) throw new Error(`serve has ended: ${serve.lastWords()}`);
    if (performance.now() > deadline) throw new Error("serve did not answer in time");
    await sleep(RETRY_MS);
  }
}
