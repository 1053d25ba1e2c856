import type { RetryCause } from "../../client/retry-rule.ts";
import { ConfigError } from "../../errors.ts";
import type { Ranges } from "../../settings.ts";
import type { Resolver } from "../upstreams/resolver.ts";
import { SYSTEM_RESOLVER } from "../upstreams/system-resolver.ts";
import { BALANCING, type Balancing } from "./create-balancer.ts";
import { parseServerSpec } from "./server-spec.ts";

/** How requests are spread over several servers, and what becomes of a server that fails. */
export interface BalanceOptions {
  /**
   * How a server is chosen. `least-conn`: the one with the fewest requests; `round-robin`: all in turn; `random-two`: the better of two drawn
   * by lot; `ip-hash`: by the client's address; `uri-hash`: by the path, without the query; `sticky`: by a cookie of our own.
   * @defaultValue `"least-conn"`
   */
  readonly lb?: Balancing;
  /** Name of the cookie of `sticky`. @defaultValue `"uwsgi_bridge_server"` */
  readonly stickyCookie?: string;
  /**
   * Failures in a row after which a server gets no requests; 0: it always gets them. A failure is a connection that can not be made or
   * breaks, silence past a limit, an answer that is none; what {@link nextUpstream} names as well. @defaultValue 3
   */
  readonly maxFails?: number;
  /** How long it gets none; then one request at a time shows whether it is up again. @defaultValue 10 000 */
  readonly failTimeoutMs?: number;
  /**
   * Path that is asked for with GET to check each server; a status from 200 to 399 passes. `uwsgi-ping`: a ping of the protocol instead.
   * @defaultValue none: servers are judged by the requests only
   */
  readonly healthUri?: string;
  /** From a check to the next one, give or take 10 %. @defaultValue 10 000 */
  readonly healthIntervalMs?: number;
  /** A check that takes longer has failed. @defaultValue 3000 */
  readonly healthTimeoutMs?: number;
  /** Failed checks in a row that take a server out. @defaultValue 3 */
  readonly healthFails?: number;
  /** Passed checks in a row that bring it back. @defaultValue 2 */
  readonly healthPasses?: number;
  /** Time in which the weight of a server that is up again, or new, rises to what it should be. Not for hashes. @defaultValue 0: none */
  readonly slowStartMs?: number;
  /**
   * What another server is asked for: `error` (no connection, or it broke without an answer), `timeout` (silence), `http_502` and other
   * statuses. What may have run is only sent again when its method allows that. @defaultValue `["error", "timeout"]`
   */
  readonly nextUpstream?: readonly RetryCause[];
  /** Most times one request is sent; a server that can not be connected to does not count. @defaultValue 2 */
  readonly nextUpstreamTries?: number;
  /** How often names are resolved. @defaultValue 0: by the TTL of the answer, 1 to 30 seconds; every 5 seconds where there is none */
  readonly resolveIntervalMs?: number;
  /** Who resolves names. @defaultValue the hosts file, DNS, and whatever else this machine asks */
  readonly resolver?: Resolver;
}

/** All that another server may be asked for. */
export const RETRY_CAUSES: readonly RetryCause[] = [
  "error",
  "timeout",
  "http_403",
  "http_404",
  "http_429",
  "http_500",
  "http_502",
  "http_503",
  "http_504",
];
const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const MAX_TIMER_MS = 2 ** 31 - 1;

export const BALANCE_DEFAULTS: Required<BalanceOptions> = {
  lb: "least-conn",
  stickyCookie: "uwsgi_bridge_server",
  maxFails: 3,
  failTimeoutMs: 10_000,
  healthUri: "",
  healthIntervalMs: 10_000,
  healthTimeoutMs: 3000,
  healthFails: 3,
  healthPasses: 2,
  slowStartMs: 0,
  nextUpstream: ["error", "timeout"],
  nextUpstreamTries: 2,
  resolveIntervalMs: 0,
  resolver: SYSTEM_RESOLVER,
};

type NumericOption =
  | "maxFails"
  | "failTimeoutMs"
  | "healthIntervalMs"
  | "healthTimeoutMs"
  | "healthFails"
  | "healthPasses"
  | "slowStartMs"
  | "nextUpstreamTries"
  | "resolveIntervalMs";

export const BALANCE_RANGES: Ranges<NumericOption> = {
  maxFails: [0, 1_000_000],
  failTimeoutMs: [1, MAX_TIMER_MS],
  healthIntervalMs: [1, MAX_TIMER_MS],
  healthTimeoutMs: [1, MAX_TIMER_MS],
  healthFails: [1, 1000],
  healthPasses: [1, 1000],
  slowStartMs: [0, MAX_TIMER_MS],
  nextUpstreamTries: [1, 100],
  resolveIntervalMs: [0, MAX_TIMER_MS],
};

/** What checks and uses the options. */
interface BalanceSettings extends Required<BalanceOptions> {
  readonly to: readonly string[];
}

/**
 * Check what is not a number.
 *
 * @throws {@link ConfigError} that names the option.
 */
export function checkBalanceOptions(settings: BalanceSettings): void {
  const { lb, stickyCookie, healthUri, nextUpstream } = settings;
  for (const text of settings.to) parseServerSpec(text, "to", "--to");
  if (!BALANCING.includes(lb)) throw wrong("lb", BALANCING.join(", "), lb);
  if (!COOKIE_NAME.test(stickyCookie)) throw wrong("stickyCookie", "the name of a cookie", stickyCookie);
  if (!/^(?:|uwsgi-ping|\/[!-~]*)$/.test(healthUri))
    throw wrong("healthUri", "a path that begins with a slash, or uwsgi-ping", healthUri);
  for (const cause of nextUpstream)
    if (!RETRY_CAUSES.includes(cause)) throw wrong("nextUpstream", RETRY_CAUSES.join(", "), cause);
}

function wrong(option: string, what: string, value: string): ConfigError {
  return new ConfigError(option, `${option}: expected ${what}, got ${JSON.stringify(value)}`);
}
