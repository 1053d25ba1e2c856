import { tmpdir } from "node:os";
import { ConfigError } from "../errors.ts";
import { type Logger, silentLog } from "../log.ts";
import { checkRanges, withDefaults } from "../settings.ts";
import { ACCESS_DEFAULTS, type AccessOptions, checkAccessOptions } from "./access/access-options.ts";
import {
  ACCESS_LOG_DEFAULTS,
  type AccessLogOptions,
  checkAccessLogOptions,
} from "./access-log/access-log-options.ts";
import {
  BALANCE_DEFAULTS,
  BALANCE_RANGES,
  type BalanceOptions,
  checkBalanceOptions,
} from "./balance/balance-options.ts";
import { checkTemporaryDirectory, warnOfTemporaryDirectory } from "./body/temporary-file.ts";
import { checkExplainOptions, EXPLAIN_DEFAULTS, type ExplainOptions } from "./explain/explain-options.ts";
import {
  checkIdentityOptions,
  IDENTITY_DEFAULTS,
  type IdentityOptions,
} from "./identity/identity-options.ts";
import type { OffloadOptions } from "./offload/offload-options.ts";
import { checkRateOptions, RATE_DEFAULTS, type RateOptions } from "./rate/rate-options.ts";
import { checkRoutes } from "./routes/check-routes.ts";
import { ROUTING_DEFAULTS, type RoutingOptions } from "./routes/route-options.ts";
import {
  checkStaticOptions,
  STATIC_DEFAULTS,
  type StaticOptions,
  servesFiles,
} from "./static/static-options.ts";
import type { AllowedUpgrades } from "./upgrade/upgrade-rules.ts";

/** Options of {@link createFront}. */
export interface FrontOptions
  extends AccessOptions,
    AccessLogOptions,
    BalanceOptions,
    ExplainOptions,
    IdentityOptions,
    OffloadOptions,
    RateOptions,
    RoutingOptions,
    StaticOptions {
  /**
   * Addresses of the uwsgi servers: `host:port`, `unix:/path`, each also with `uwsgi://` in front, or `srv+uwsgi://NAME`; `;weight=2`, `;backup`,
   * `;drain` and `;max-conns=10` may follow. A name stands for all of its addresses. {@link lb} chooses among several. May be left out where
   * static files are served, or where there are routes: what is neither is then answered 404. @defaultValue none
   */
  readonly to?: readonly string[];
  /**
   * Keep connections to workers of this project for further requests. Other servers take no notice of the offer, and get a connection per
   * request. @defaultValue true
   */
  readonly persist?: boolean;
  /** Longest time a kept connection waits for its next request; a worker may ask for less. @defaultValue 4000 */
  readonly persistIdleMs?: number;
  /**
   * Connections to one server at the same time; more requests wait. An event stream, a WebSocket and a slow download hold one each.
   * @defaultValue 512
   */
  readonly maxConnectionsPerServer?: number;
  /** Requests that may wait for a connection to one server; more are answered 503. @defaultValue 1024 */
  readonly maxWaitingRequests?: number;
  /** Longest wait for a connection; then 503. @defaultValue 5000 */
  readonly queueTimeoutMs?: number;
  /** Give up connecting to a server after this time. @defaultValue 3000 */
  readonly connectTimeoutMs?: number;
  /** Longest silence of a server while its response is awaited. @defaultValue 60 000 */
  readonly readTimeoutMs?: number;
  /** Longest time a server may take nothing of a request body. @defaultValue 60 000 */
  readonly sendTimeoutMs?: number;
  /**
   * Largest vars block the servers accept, in bytes; a larger one is answered 431 and never sent. Set it to the `buffer-size` of uWSGI,
   * which is 4096 unless configured. @defaultValue 65 535, the format's own limit
   */
  readonly maxVarsBytes?: number;
  /** Most vars the servers accept; more are answered 431. uWSGI takes 128, gunicorn 1000. @defaultValue 128 */
  readonly maxVars?: number;
  /** First and last byte of the packet header. @defaultValue 0 and 0 */
  readonly modifier1?: number;
  readonly modifier2?: number;
  /** Vars added to every request; they replace what the client sent. `UWSGI_*` is refused. @defaultValue none */
  readonly params?: Readonly<Record<string, string>>;
  /**
   * Read a request body to its end before a server is connected, so that a slow client holds no worker. Without it, bodies of
   * known length are passed on as they come; chunked ones are always read first. @defaultValue true
   */
  readonly requestBuffering?: boolean;
  /** Bytes of a body kept in memory; the rest goes to a temporary file. @defaultValue 65 536 */
  readonly spoolMemoryBytes?: number;
  /** Directory of temporary files. @defaultValue the system's */
  readonly tempDir?: string;
  /** Largest request body accepted, in bytes; 0: no limit. A larger one is answered 413. @defaultValue 64 MiB */
  readonly maxBodyBytes?: number;
  /** Largest request head accepted, in bytes. @defaultValue 16 384 */
  readonly maxHeadBytes?: number;
  /** Most header fields accepted in a request. @defaultValue 100 */
  readonly maxHeaders?: number;
  /** A client must have sent its request head within this time. @defaultValue 15 000 */
  readonly headersTimeoutMs?: number;
  /** Longest silence of a client inside a request body. @defaultValue 60 000 */
  readonly bodyTimeoutMs?: number;
  /** Bytes of request body that a client has to send in a second, on the whole; 0: any. A slower one is answered 408. @defaultValue 500 */
  readonly minBodyRate?: number;
  /** Time that a client has for its body beyond what it takes at `minBodyRate`. @defaultValue 20 000 */
  readonly minBodyRateAfterMs?: number;
  /** Longest time a client may take nothing of its response. @defaultValue 60 000 */
  readonly clientSendTimeoutMs?: number;
  /** How long an idle client connection is kept. @defaultValue 75 000 */
  readonly keepAliveTimeoutMs?: number;
  /**
   * Client connections open at the same time; more are answered 503 and closed. 0: 80 % of the descriptors that the process may hold (`ulimit -n`),
   * less 64; no limit where the system does not tell. @defaultValue 0
   */
  readonly maxConnections?: number;
  /** Requests served on one client connection. @defaultValue 1000 */
  readonly maxRequestsPerConnection?: number;
  /**
   * Protocols a client may switch to when the worker agrees: all, none, or these, in lower case. HTTP/2 is never among them.
   * @defaultValue `["websocket"]`
   */
  readonly upgrade?: AllowedUpgrades;
  /** Longest silence, of both sides, on a connection that has switched protocols. @defaultValue 3 600 000 */
  readonly tunnelIdleTimeoutMs?: number;
  /** Tell the workers that 103 Early Hints are welcome, and pass them on to clients of HTTP/1.1. @defaultValue true */
  readonly earlyHints?: boolean;
  /** Where events are logged. @defaultValue nowhere */
  readonly log?: Logger;
}

/** {@link FrontOptions} with every default filled in. */
export type FrontSettings = Required<FrontOptions>;

const MEBIBYTE = 1024 * 1024;
const MAX_TIMER_MS = 2 ** 31 - 1;

const DEFAULTS: FrontSettings = {
  ...ACCESS_LOG_DEFAULTS,
  ...EXPLAIN_DEFAULTS,
  ...ACCESS_DEFAULTS,
  ...IDENTITY_DEFAULTS,
  ...RATE_DEFAULTS,
  ...STATIC_DEFAULTS,
  ...ROUTING_DEFAULTS,
  ...BALANCE_DEFAULTS,
  to: [],
  persist: true,
  persistIdleMs: 4000,
  maxConnectionsPerServer: 512,
  maxWaitingRequests: 1024,
  queueTimeoutMs: 5000,
  connectTimeoutMs: 3000,
  readTimeoutMs: 60_000,
  sendTimeoutMs: 60_000,
  maxVarsBytes: 65_535,
  maxVars: 128,
  modifier1: 0,
  modifier2: 0,
  params: {},
  requestBuffering: true,
  spoolMemoryBytes: 65_536,
  tempDir: tmpdir(),
  maxBodyBytes: 64 * MEBIBYTE,
  maxHeadBytes: 16_384,
  maxHeaders: 100,
  headersTimeoutMs: 15_000,
  bodyTimeoutMs: 60_000,
  minBodyRate: 500,
  minBodyRateAfterMs: 20_000,
  clientSendTimeoutMs: 60_000,
  keepAliveTimeoutMs: 75_000,
  maxConnections: 0,
  maxRequestsPerConnection: 1000,
  upgrade: ["websocket"],
  tunnelIdleTimeoutMs: 3_600_000,
  earlyHints: true,
  accelRoots: {},
  sendfileRoots: [],
  log: silentLog,
};

const RANGES = {
  ...BALANCE_RANGES,
  persistIdleMs: [1, MAX_TIMER_MS],
  maxConnectionsPerServer: [1, 1_000_000],
  maxWaitingRequests: [0, 1_000_000],
  queueTimeoutMs: [1, MAX_TIMER_MS],
  connectTimeoutMs: [1, MAX_TIMER_MS],
  readTimeoutMs: [1, MAX_TIMER_MS],
  sendTimeoutMs: [1, MAX_TIMER_MS],
  maxVarsBytes: [1, 65_535],
  maxVars: [1, 65_535],
  modifier1: [0, 255],
  modifier2: [0, 255],
  spoolMemoryBytes: [0, 1024 * MEBIBYTE],
  maxBodyBytes: [0, Number.MAX_SAFE_INTEGER],
  maxHeadBytes: [1024, MEBIBYTE],
  maxHeaders: [1, 1000],
  headersTimeoutMs: [1, MAX_TIMER_MS],
  bodyTimeoutMs: [1, MAX_TIMER_MS],
  minBodyRate: [0, 1024 * MEBIBYTE],
  minBodyRateAfterMs: [1, MAX_TIMER_MS],
  clientSendTimeoutMs: [1, MAX_TIMER_MS],
  keepAliveTimeoutMs: [0, MAX_TIMER_MS],
  maxConnections: [0, 10_000_000],
  maxRequestsPerConnection: [0, MAX_TIMER_MS],
  tunnelIdleTimeoutMs: [1, MAX_TIMER_MS],
  proxyProtocolTimeoutMs: [1, MAX_TIMER_MS],
  staticMemoryBytes: [0, 1024 * MEBIBYTE],
} as const;

/**
 * Fill in the defaults and check every option.
 *
 * @throws {@link ConfigError} that names the option.
 */
export function resolveFrontOptions(options: FrontOptions): FrontSettings {
  const settings = withDefaults<FrontOptions>(DEFAULTS, options);
  checkRanges<keyof typeof RANGES>(settings, RANGES);
  checkAccessLogOptions(settings);
  checkExplainOptions(settings);
  checkAccessOptions(settings);
  checkIdentityOptions(settings);
  checkRateOptions(settings);
  checkStaticOptions(settings);
  checkBalanceOptions(settings);
  checkRoutes(settings.routes, settings.to.length > 0);
  if (settings.to.length + settings.routes.length === 0 && !servesFiles(settings))
    throw new ConfigError(
      "to",
      "name at least one uwsgi server to send requests to (--to, --mount, --vhost)",
    );
  if (options.tempDir === undefined) warnOfTemporaryDirectory(settings.tempDir, settings.log);
  else checkTemporaryDirectory(settings.tempDir);
  for (const name of Object.keys(settings.params)) {
    if (name.startsWith("UWSGI_")) {
      throw new ConfigError(
        "params",
        `${name} can not be set: uWSGI loads code and changes settings on UWSGI_* vars`,
      );
    }
  }
  return settings;
}
