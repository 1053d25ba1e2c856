import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Application } from "../../src/gateway/types.ts";
import type { Endpoint } from "../../src/net/endpoint.ts";
import type { ListenOptions } from "../../src/net/listen.ts";
import type { WorkerOptions } from "../../src/worker/options.ts";
import { createWorker, type Worker } from "../../src/worker/worker.ts";
import { anyPort, temporaryDirectory } from "./endpoints.ts";
import { RecordingLog } from "./recording-log.ts";

export type Transport = "tcp" | "unix";

/** Both ways to reach a worker. */
export const transports: readonly Transport[] = ["tcp", "unix"];

export interface StartedWorker {
  readonly worker: Worker;
  readonly endpoint: Endpoint;
  readonly log: RecordingLog;
}

/** A worker that listens, and is closed when the test is over. */
export async function startWorker(
  app: Application,
  options: WorkerOptions = {},
  where: { readonly transport?: Transport; readonly listen?: ListenOptions } = {},
): Promise<StartedWorker> {
  const log = new RecordingLog();
  const worker = createWorker(app, { log, ...options });
  const endpoint = await worker.listen(await endpointFor(where.transport ?? "tcp"), where.listen);
  onTestFinished(() => worker.close(0));
  return { worker, endpoint, log };
}

/** An address of that kind that nobody uses; its directory is removed after the test. */
export async function endpointFor(transport: Transport): Promise<Endpoint> {
  if (transport === "tcp") return anyPort;
  const directory = await temporaryDirectory();
  onTestFinished(directory.remove);
  return { type: "unix", path: join(directory.path, "app.sock") };
}

/** An application that answers 200 with this text and remembers how often it was called. */
export function textApp(text: string): Application & { calls: number } {
  const app: Application & { calls: number } = Object.assign(
    ((_environ, startResponse) => {
      app.calls += 1;
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      return [Buffer.from(text)];
    }) as Application,
    { calls: 0 },
  );
  return app;
}
