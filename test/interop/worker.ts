import { join } from "node:path";
import type { Endpoint } from "../../src/net/endpoint.ts";
import type { WorkerOptions } from "../../src/worker/options.ts";
import { createWorker } from "../../src/worker/worker.ts";
import { RecordingLog } from "../support/recording-log.ts";
import type { Stage } from "../support/stage.ts";
import type { Transport } from "../support/workers.ts";
import { createWorkerApp } from "./worker-app.ts";

/** Our worker, with the application of the suite, on a port and on a Unix socket. */
export interface InteropWorker {
  readonly endpoints: Readonly<Record<Transport, Endpoint>>;
  /** The same addresses as nginx and uWSGI spell them: `host:port` and a path. */
  readonly addresses: Readonly<Record<Transport, string>>;
  readonly stage: Stage;
  readonly log: RecordingLog;
  close(): Promise<void>;
}

/** Peers that gave up being root must be able to connect. */
const OPEN_TO_ALL = 0o666;

export async function startInteropWorker(
  directory: string,
  options: WorkerOptions = {},
): Promise<InteropWorker> {
  const { app, stage } = createWorkerApp();
  const log = new RecordingLog();
  const worker = createWorker(app, { log, ...options });
  const path = join(directory, "worker.sock");
  const tcp = await worker.listen({ type: "tcp", host: "127.0.0.1", port: 0 });
  const unix = await worker.listen({ type: "unix", path }, { mode: OPEN_TO_ALL });
  if (tcp.type !== "tcp") throw new Error("a port was asked for");
  return {
    endpoints: { tcp, unix },
    addresses: { tcp: `${tcp.host}:${tcp.port}`, unix: path },
    stage,
    log,
    close: () => worker.close(0),
  };
}
