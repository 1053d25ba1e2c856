import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Logger } from "../log.ts";
import { acceptQueueLength } from "../net/accept-queue.ts";
import { formatEndpoint, parseEndpoint } from "../net/endpoint.ts";
import type { ListenOptions } from "../net/listen.ts";
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

/** Processes that can be told what to do. */
export interface Supervised {
  reload(reason: string): void;
  grow(): void;
  shrink(): void;
  workers(): WorkerTally[];
  close(timeoutMs: number): Promise<void>;
}

/** Who runs, and with what. */
export interface SupervisedOptions {
  /** The application, as named on the command line. */
  readonly app: string;
  /** Where the name of the application starts. */
  readonly directory: string;
  readonly flags: ProcessFlags & CommonFlags;
  readonly sockets: readonly SharedSocket[];
  readonly listen: ListenOptions;
  readonly log: Logger;
  readonly notifier: SystemdNotifier;
}

/** Everything outside of a process that makes its supervisor do something: signals, files, clients of the statistics; until it is told to stop. */
export async function runSupervised(
  io: CliIo,
  supervised: Supervised,
  options: SupervisedOptions,
): Promise<void> {
  const { flags, notifier } = options;
  const stats =
    flags.stats === undefined ? undefined : await serveStats(io, flags.stats, supervised, options);
  const endings = [...listenToSignals(io, supervised), ...watchFiles(io, supervised, options)];
  io.reportReady();
  notifier.ready();
  await untilStopped(io, flags, async (timeoutMs) => {
    notifier.stopping();
    for (const end of endings.splice(0)) end();
    await supervised.close(timeoutMs);
  });
  await stats?.close();
  await notifier.close();
}

function listenToSignals(io: CliIo, supervised: Supervised): (() => void)[] {
  return [
    io.onSignal("SIGHUP", () => supervised.reload("SIGHUP")),
    io.onSignal("SIGTTIN", () => supervised.grow()),
    io.onSignal("SIGTTOU", () => supervised.shrink()),
  ];
}

function watchFiles(io: CliIo, supervised: Supervised, options: SupervisedOptions): (() => void)[] {
  const { app, flags, log } = options;
  const endings = (flags.touchReload ?? []).map((file) =>
    watchTouch(resolve(io.cwd, file), () => supervised.reload(`${file} was touched`)),
  );
  if (flags.watch === undefined) return endings;
  const directory =
    flags.watch === true ? resolve(options.directory, dirname(app)) : resolve(io.cwd, flags.watch);
  const watch = new SourceWatch(directory, log, (file) => supervised.reload(`${file} has changed`));
  log.info({ directory }, "watching for changes");
  return [...endings, () => watch.close()];
}

function serveStats(
  io: CliIo,
  address: string,
  supervised: Supervised,
  { app, flags, sockets, listen, log }: SupervisedOptions,
): Promise<StatsServer> {
  const host = {
    version: VERSION,
    pid: io.pid,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    cwd: io.cwd,
    app,
  };
  const stats = async (): Promise<object> => {
    const queues = await Promise.all(
      sockets.map(async ({ endpoint, fd }) => ({
        name: formatEndpoint(endpoint),
        queue: await acceptQueueLength(fd),
        maxQueue: listen.backlog ?? 0,
      })),
    );
    return uwsgiStats({ ...host, sockets: queues }, supervised.workers(), { now: Date.now(), vszOf });
  };
  return startStatsServer(parseEndpoint(address, "stats"), {
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
