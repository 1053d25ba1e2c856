import type { SharedState } from "../gateway/types.ts";
import { type Logger, silentLog } from "../log.ts";
import { checkRanges, withDefaults } from "../settings.ts";

/** Options of {@link createWorker}. All limits have defaults that suit a server behind nginx or our front. */
export interface WorkerOptions {
  /**
   * Peers that may connect over TCP: addresses and CIDR ranges. The protocol has no authentication, so whoever may
   * connect may claim to be anybody. Unix sockets are guarded by their file mode instead.
   *
   * @defaultValue `["127.0.0.0/8", "::1"]`
   */
  readonly allowFrom?: readonly string[];
  /** Largest vars block accepted, in bytes. uWSGI calls this `buffer-size`. @defaultValue 65 535, the format's own limit */
  readonly maxVarsBytes?: number;
  /** Most vars accepted in one packet. @defaultValue 1000 */
  readonly maxVars?: number;
  /** A connection must deliver its packet within this time. @defaultValue 10 000 */
  readonly headerTimeoutMs?: number;
  /** Longest silence while the request body is awaited. @defaultValue 30 000 */
  readonly bodyTimeoutMs?: number;
  /** Longest time the peer may take nothing of the response. @defaultValue 60 000 */
  readonly sendTimeoutMs?: number;
  /** Longest time a finished connection is read on, so that no reset can overtake the response. @defaultValue 10 000 */
  readonly lingerTimeoutMs?: number;
  /** Most bytes read and dropped after the response, for the same reason. @defaultValue 64 MiB */
  readonly maxLingerBytes?: number;
  /**
   * Keep a connection whose peer, a front of this project, offers to use it again. Nobody else notices. @defaultValue true
   */
  readonly persist?: boolean;
  /** How long a kept connection waits for its next request. The front is told, and lets go earlier. @defaultValue 60 000 */
  readonly persistIdleMs?: number;
  /**
   * Connections open at the same time; more are answered 503 and closed. 0: 80 % of the descriptors that the process may hold (`ulimit -n`), less 64;
   * no limit where the system does not tell. @defaultValue 0
   */
  readonly maxConnections?: number;
  /** Requests in progress at the same time; more wait. 1 makes the application single-file. @defaultValue 100 */
  readonly maxConcurrentRequests?: number;
  /** Requests that may wait; more are answered 503. @defaultValue 1024 */
  readonly maxQueuedRequests?: number;
  /**
   * Do not take the end of the peer's stream for the end of its interest. Needed behind lighttpd with
   * `tcp-fin-propagate`; every other peer that closes its side has gone. @defaultValue false
   */
  readonly halfOpen?: boolean;
  /**
   * Decode request bodies that arrive chunked, as the uWSGI http router sends them with `http-chunked-input`. Without it
   * such a request is answered 411. @defaultValue false
   */
  readonly chunkedInput?: boolean;
  /** Vars added to every environ, such as deployment settings. They win over the packet's. @defaultValue none */
  readonly environ?: Readonly<Record<string, string>>;
  /** `uwsgi_bridge.state` of every environ, the same object for all. @defaultValue an empty object */
  readonly state?: SharedState;
  /** Number of this process among the workers of the same application, counted from 1. @defaultValue 1 */
  readonly workerNumber?: number;
  /** Whether other processes run the same application. @defaultValue false */
  readonly multiprocess?: boolean;
  /** Where events are logged. @defaultValue nowhere */
  readonly log?: Logger;
}

/** {@link WorkerOptions} with every default filled in. */
export type WorkerSettings = Required<WorkerOptions>;

const MEBIBYTE = 1024 * 1024;

const DEFAULTS: WorkerSettings = {
  allowFrom: ["127.0.0.0/8", "::1"],
  maxVarsBytes: 65_535,
  maxVars: 1000,
  headerTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  sendTimeoutMs: 60_000,
  lingerTimeoutMs: 10_000,
  maxLingerBytes: 64 * MEBIBYTE,
  persist: true,
  persistIdleMs: 60_000,
  maxConnections: 0,
  maxConcurrentRequests: 100,
  maxQueuedRequests: 1024,
  halfOpen: false,
  chunkedInput: false,
  environ: {},
  state: {},
  workerNumber: 1,
  multiprocess: false,
  log: silentLog,
};

/** Smallest and largest value of each number. */
const RANGES = {
  maxVarsBytes: [1, 65_535],
  maxVars: [1, 65_535],
  headerTimeoutMs: [1, 2 ** 31 - 1],
  bodyTimeoutMs: [1, 2 ** 31 - 1],
  sendTimeoutMs: [1, 2 ** 31 - 1],
  lingerTimeoutMs: [1, 2 ** 31 - 1],
  maxLingerBytes: [0, Number.MAX_SAFE_INTEGER],
  persistIdleMs: [1000, 86_400_000],
  maxConnections: [0, 10_000_000],
  maxConcurrentRequests: [1, 1_000_000],
  maxQueuedRequests: [0, 1_000_000],
  workerNumber: [1, 1_000_000],
} as const;

/**
 * Fill in the defaults and check every number.
 *
 * @throws {@link ConfigError} that names the option, its range and what was given.
 */
export function resolveWorkerOptions(options: WorkerOptions): WorkerSettings {
  // Each worker has a state of its own.
  const settings = withDefaults({ ...DEFAULTS, state: {} }, options);
  checkRanges<keyof typeof RANGES>(settings, RANGES);
  return settings;
}
