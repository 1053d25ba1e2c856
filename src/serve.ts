import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createFront, type FrontStats } from "./front/front.ts";
import type { FrontOptions } from "./front/options.ts";
import type { Endpoint } from "./net/endpoint.ts";
import type { ListenOptions } from "./net/listen.ts";
import { type Child, type ChildExit, startChild } from "./supervisor/child.ts";

/** Options of {@link serve}. */
export interface ServeOptions {
  /** The application module, `file.ts` or `file.ts:callable`. */
  readonly app: string;
  /** Where to listen for HTTP. */
  readonly http: Endpoint;
  readonly listen?: ListenOptions;
  /** Options of the front; its servers are the worker that is started here. */
  readonly front?: Omit<FrontOptions, "to">;
  /** Further arguments of the worker command, such as `["--concurrency", "10"]`. */
  readonly workerArgs?: readonly string[];
  /** Environment of the worker process. @defaultValue that of this process */
  readonly workerEnv?: Readonly<Record<string, string | undefined>>;
}

/** A front and its worker, running. */
export interface Served {
  /** Where HTTP is served, with the real port when 0 was asked for. */
  readonly endpoint: Endpoint;
  /** Resolves when the worker process ends, whoever ended it. */
  readonly workerExited: Promise<ChildExit>;
  /** Finish what was begun, front first, then the worker. */
  close(timeoutMs?: number): Promise<void>;
  stats(): FrontStats;
}

const COMMAND = join(
  dirname(createRequire(import.meta.url).resolve("uwsgi-bridge/package.json")),
  "bin/uwsgi-bridge.js",
);
const DEFAULT_CLOSE_TIMEOUT_MS = 30_000;
/** Our own worker takes more vars than uWSGI does unless it is configured. */
const WORKER_MAX_VARS = 1000;

/**
 * Serve an application over HTTP: a front in this process, a worker in a child process, and a private Unix socket between them.
 *
 * @throws `UWB_ERR_CHILD_EXITED` when the worker can not load the application; it has printed why.
 */
export async function serve(options: ServeOptions): Promise<Served> {
  const directory = await mkdtemp(join(tmpdir(), "uwsgi-bridge-"));
  const socket = `unix:${join(directory, "w")}`;
  const worker = startChild({
    command: COMMAND,
    args: ["worker", options.app, "--socket", socket, ...(options.workerArgs ?? [])],
    env: options.workerEnv,
  });
  try {
    await worker.ready;
    const front = createFront({ maxVars: WORKER_MAX_VARS, ...options.front, to: [socket] });
    const endpoint = await front.listen(options.http, options.listen);
    return {
      endpoint,
      workerExited: worker.exited,
      stats: () => front.stats(),
      close: async (timeoutMs = DEFAULT_CLOSE_TIMEOUT_MS) => {
        await front.close(timeoutMs);
        await stop(worker, directory, timeoutMs);
      },
    };
  } catch (error) {
    await stop(worker, directory, 0);
    throw error;
  }
}

async function stop(worker: Child, directory: string, timeoutMs: number): Promise<void> {
  await worker.stop(timeoutMs);
  await rm(directory, { recursive: true, force: true });
}
