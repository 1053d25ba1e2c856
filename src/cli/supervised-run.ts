import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Logger } from "../log.ts";
import { acceptQueueLength } from "../net/accept-queue.ts";
import { backlogInForce } from "../net/backlog.ts";
import { formatEndpoint, parseEndpoint } from "../net/endpoint.ts";
import type { ListenOptions } from "../net/listen.ts";
import { listenOverflows } from "../net/listen-overflows.ts";
import type { SharedSocket } from "../net/shared-socket.ts";
import { SourceWatch } from "../supervisor/source-watch.ts";
import { type StatsServer, startStatsServer } from "../supervisor/stats-server.ts";
import type { SystemdNotifier } from "../supervisor/systemd-notifier.ts";
import type { WorkerTally } from "../supervisor/tallies.ts";
import { watchTouch } from "../supervisor/touch-watch.ts";
import { uwsgiStats } from "../supervisor/uwsgi-stats.ts";
import { VERSION } from "../version.ts";
import type { CommonFlags } from "./common-flags.ts";
import type { CliIo } from "./io.ts";
import type { ProcessFlags } from "./process-flags.ts";
import { untilStopped } from "./until-stopped.ts";

/** Processes that can be told what to do, from before they are ready. */
interface Control {
  /** What they accept on. */
  readonly sockets: readonly SharedSocket[];
  reload(reason: string): void;
  grow(): void;
  shrink(): void;
  workers(): WorkerTally[];
  drain(): void;
  close(timeoutMs: number): Promise<void>;
}

/** Starts processes, hands over their control at once, and resolves with what is to be closed in the end when they serve. */
export type Start = (onStarting: (control: Control) => void) => Promise<Pick<Control, "close" | "drain">>;

/** What a run is about. */
export interface RunOptions {
  /** The application, as named on the command line. */
  readonly app: string;
  /** Where that name starts. */
  readonly directory: string;
  readonly flags: ProcessFlags & CommonFlags;
  readonly listen: ListenOptions;
  readonly log: Logger;
  readonly notifier: SystemdNotifier;
}

/**
 * Run processes until this one is told to stop. Everything outside that makes a supervisor do something is heard meanwhile: signals, files, clients of
 * the statistics.
 */
export async function runSupervised(io: CliIo, options: RunOptions, start: Start): Promise<void> {
  const { flags, notifier } = options;
  const endings: (() => void)[] = [];
  let stats: StatsServer | undefined;
  let workers: Control | undefined;
  let toClose: Pick<Control, "close" | "drain"> | undefined;
  let isStopping = false;
  const deafen = listenToSignals(io, (act) => {
    if (workers && !isStopping) act(workers);
  });
  const close = async (timeoutMs: number): Promise<void> => {
    isStopping = true;
    notifier.stopping();
    for (const end of endings.splice(0)) end();
    await toClose?.close(timeoutMs);
  };
  const stopped = untilStopped(io, flags, { close, drain: () => toClose?.drain() });
  try {
    toClose = await start((control) => {
      toClose = control;
      workers = control;
      endings.push(...watchFiles(io, control, options));
    });
    if (isStopping) await toClose.close(flags.gracefulTimeout);
    if (workers) stats = await serveStats(io, workers, options);
    io.reportReady();
    notifier.ready();
    await stopped;
  } catch (error) {
    for (const end of endings.splice(0)) end();
    if (!isStopping) {
      // What serves already would go on, and nobody could tell it anything.
      await toClose?.close(0);
      throw error;
    }
    await stopped;
  } finally {
    await stats?.close();
    await notifier.close();
    for (const end of deafen) end();
  }
}

/** From the first moment to the last: what nobody listens for ends the process, or stops it where it stands. */
function listenToSignals(io: CliIo, tell: (act: (workers: Control) => void) => void): (() => void)[] {
  return [
    io.onSignal("SIGHUP", () => tell((workers) => workers.reload("SIGHUP"))),
    io.onSignal("SIGTTIN", () => tell((workers) => workers.grow())),
    io.onSignal("SIGTTOU", () => tell((workers) => workers.shrink())),
  ];
}

function watchFiles(io: CliIo, control: Control, options: RunOptions): (() => void)[] {
  const { app, flags, log } = options;
  const endings = (flags.touchReload ?? []).map((file) =>
    watchTouch(resolve(io.cwd, file), () => control.reload(`${file} was touched`)),
  );
  if (flags.watch === undefined) return endings;
  const directory =
    flags.watch === true ? resolve(options.directory, dirname(app)) : resolve(io.cwd, flags.watch);
  const watch = new SourceWatch(directory, log, (file) => control.reload(`${file} has changed`));
  log.info({ directory }, "watching for changes");
  return [...endings, () => watch.close()];
}

async function serveStats(
  io: CliIo,
  control: Control,
  { app, flags, listen, log }: RunOptions,
): Promise<StatsServer | undefined> {
  if (flags.stats === undefined) return undefined;
  const host = {
    version: VERSION,
    pid: io.pid,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    cwd: io.cwd,
    app,
  };
  const overflowsBefore = await listenOverflows();
  const stats = async (): Promise<object> => {
    const queues = await Promise.all(
      control.sockets.map(async ({ endpoint, fd }) => ({
        name: formatEndpoint(endpoint),
        queue: await acceptQueueLength(fd),
        maxQueue: backlogInForce(listen.backlog),
      })),
    );
    const listenQueueErrors = (await listenOverflows()) - overflowsBefore;
    return uwsgiStats({ ...host, sockets: queues, listenQueueErrors }, control.workers(), {
      now: Date.now(),
      vszOf,
    });
  };
  return startStatsServer(parseEndpoint(flags.stats, "stats"), {
    stats,
    alwaysHttp: flags.statsHttp === true,
    listen,
    log,
  });
}

/** The virtual size of a process in bytes; 0 where the system does not tell. */
function vszOf(pid: number): number {
  try {
    const [, kibibytes] = /^VmSize:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
