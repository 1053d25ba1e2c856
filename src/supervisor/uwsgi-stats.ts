import type { WorkerTally } from "./tallies.ts";

/** What is known of the process that reports. */
export interface StatsHost {
  readonly version: string;
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly cwd: string;
  /** The application, as named on the command line. */
  readonly app: string;
  /** The addresses that are listened on, and how long their queues are. */
  readonly sockets: readonly StatsSocket[];
  /** Connections that were dropped because a queue was full. */
  readonly listenQueueErrors: number;
}

interface StatsSocket {
  readonly name: string;
  readonly queue: number;
  readonly maxQueue: number;
}

const MICROSECONDS = 1000;

/**
 * Statistics in the format of uWSGI's stats server, which `uwsgitop` and many exporters read. What we do not have, such as
 * signals and offloading, is 0; times are in microseconds, points in time in seconds.
 *
 * @param now - Milliseconds since 1970.
 * @param vszOf - The virtual size of a process in bytes.
 */
export function uwsgiStats(
  host: StatsHost,
  tallies: readonly WorkerTally[],
  { now, vszOf }: { readonly now: number; readonly vszOf: (pid: number) => number },
): object {
  const { version, pid, uid, gid, cwd, app, sockets, listenQueueErrors } = host;
  return {
    version,
    listen_queue: sockets.reduce((sum, { queue }) => sum + queue, 0),
    listen_queue_errors: listenQueueErrors,
    signal_queue: 0,
    load: tallies.reduce((sum, { current }) => sum + current.runningRequests, 0),
    pid,
    uid,
    gid,
    cwd,
    locks: [],
    sockets: sockets.map(({ name, queue, maxQueue }) => ({
      name,
      proto: "uwsgi",
      queue,
      max_queue: maxQueue,
      shared: 1,
      can_offload: 0,
    })),
    workers: tallies.map((tally) => worker(tally, { app, now, vsz: vszOf(tally.pid) })),
  };
}

function worker(
  tally: WorkerTally,
  { app, now, vsz }: { readonly app: string; readonly now: number; readonly vsz: number },
): object {
  const { current } = tally;
  const startedAt = Math.floor(tally.startedAt / 1000);
  return {
    id: tally.worker,
    pid: tally.pid,
    accepting: tally.isServing ? 1 : 0,
    requests: tally.requests,
    delta_requests: current.requests,
    exceptions: tally.exceptions,
    harakiri_count: tally.harakiris,
    signals: 0,
    signal_queue: 0,
    status: statusOf(tally),
    rss: current.rssBytes,
    vsz,
    running_time: Math.round(tally.answerMs * MICROSECONDS),
    last_spawn: startedAt,
    respawn_count: tally.respawns + 1,
    tx: tally.sentBytes,
    avg_rt: tally.requests === 0 ? 0 : Math.round((tally.answerMs * MICROSECONDS) / tally.requests),
    apps: [
      {
        id: 0,
        modifier1: 0,
        mountpoint: "",
        startup_time: startedAt,
        requests: current.requests,
        exceptions: current.exceptions,
        chdir: "",
        callable: app,
        age: Math.max(0, Math.floor(now / 1000) - startedAt),
      },
    ],
    cores: cores(tally),
  };
}

/** `cheap` is what uWSGI calls a place without a process. */
function statusOf({ isServing, current }: WorkerTally): "idle" | "busy" | "cheap" {
  if (!isServing) return "cheap";
  return current.runningRequests > 0 ? "busy" : "idle";
}

/** One for each request in progress, at least one: requests share one thread, and uWSGI's readers count those that are in use. */
function cores({ requests, current }: WorkerTally): object[] {
  return Array.from({ length: Math.max(1, current.runningRequests) }, (_, id) => ({
    id,
    requests: id === 0 ? requests : 0,
    static_requests: 0,
    routed_requests: 0,
    offloaded_requests: 0,
    write_errors: 0,
    read_errors: 0,
    in_request: id < current.runningRequests ? 1 : 0,
    vars: [],
    req_info: {},
  }));
}
