import { join } from "node:path";
import { createFront, type Front, type FrontStats } from "./front/front.ts";
import type { FrontOptions } from "./front/options.ts";
import { type Logger, silentLog } from "./log.ts";
import type { Endpoint } from "./net/endpoint.ts";
import type { ListenOptions } from "./net/listen.ts";
import { createPrivateDirectory } from "./net/private-directory.ts";
import { openSharedSocket } from "./net/shared-socket.ts";
import { COMMAND } from "./supervisor/command.ts";
import type { FleetSettings } from "./supervisor/rules/settings.ts";
import { Supervisor } from "./supervisor/supervisor.ts";
import type { WorkerTally } from "./supervisor/tallies.ts";

/** Options of {@link serve}. */
export interface ServeOptions {
  /** The application module, `file.ts` or `file.ts:callable`. */
  readonly app: string;
  /** Where to listen for HTTP. */
  readonly http: Endpoint;
  readonly listen?: ListenOptions;
  /** Options of the front; its servers are the workers that are started here. */
  readonly front?: Omit<FrontOptions, "to">;
  /** Further arguments of the worker command, such as `["--concurrency", "10"]`. */
  readonly workerArgs?: readonly string[];
  /** Environment of the worker processes. @defaultValue that of this process */
  readonly workerEnv?: Readonly<Record<string, string | undefined>>;
  /** How many worker processes there are, and when they are replaced. @defaultValue one, never */
  readonly workers?: Partial<FleetSettings>;
  /** Where the fate of the processes is logged. @defaultValue nowhere */
  readonly log?: Logger;
  /** A reload has begun, or is over. */
  readonly onReload?: (state: "begun" | "done" | "failed") => void;
  /** Called before the worker processes are started, with what controls them. */
  readonly onStarting?: (workers: Supervisor) => void;
}

/** A front and its workers, running. */
export interface Served {
  /** Where HTTP is served, with the real port when 0 was asked for. */
  readonly endpoint: Endpoint;
  /** Replace all worker processes, one after the other, by such as load the application anew. @param reason - For the log. */
  reload(reason: string): void;
  /** One worker process more. */
  grow(): void;
  /** One worker process less, but never none. */
  shrink(): void;
  /** Serve on, but let every client go behind its next response. */
  drain(): void;
  /** Finish what was begun, front first, then the workers. May be called again with 0, to wait no longer. */
  close(timeoutMs?: number): Promise<void>;
  stats(): FrontStats;
  /** What each worker has done, over all the processes it has had. */
  workers(): WorkerTally[];
}

const DEFAULT_CLOSE_TIMEOUT_MS = 30_000;
/** Our own worker takes more vars than uWSGI does unless it is configured. */
const WORKER_MAX_VARS = 1000;

/**
 * Serve an application over HTTP: a front in this process, workers in child processes, and a private Unix socket between them.
 *
 * @throws `UWB_ERR_CHILD_EXITED` when a worker can not load the application; the message says why.
 */
export async function serve(options: ServeOptions): Promise<Served> {
  const { log = silentLog } = options;
  const directory = await createPrivateDirectory();
  const path = join(directory.path, "w");
  let front: Front;
  try {
    // Before anything is started: an option that can not be used is heard of at once.
    front = createFront({ maxVars: WORKER_MAX_VARS, ...options.front, to: [`unix:${path}`] });
  } catch (error) {
    await directory.remove();
    throw error;
  }
  const socket = await openSharedSocket({ type: "unix", path });
  const supervisor = new Supervisor({
    command: COMMAND,
    args: ["worker", options.app, ...(options.workerArgs ?? [])],
    env: options.workerEnv,
    sockets: [socket],
    settings: options.workers ?? {},
    log,
    onReload: options.onReload,
  });
  options.onStarting?.(supervisor);
  try {
    await supervisor.start();
    const endpoint = await front.listen(options.http, options.listen);
    return {
      endpoint,
      reload: (reason) => supervisor.reload(reason),
      grow: () => supervisor.grow(),
      shrink: () => supervisor.shrink(),
      stats: () => front.stats(),
      workers: () => supervisor.workers(),
      drain: () => front.drain(),
      close: async (timeoutMs = DEFAULT_CLOSE_TIMEOUT_MS) => {
        await front.close(timeoutMs);
        await supervisor.close(timeoutMs);
        await directory.remove();
      },
    };
  } catch (error) {
    await supervisor.close(0);
    await directory.remove();
    throw error;
  }
}
