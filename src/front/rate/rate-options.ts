import { checkRanges } from "../../settings.ts";
import type { LimitChannel } from "./limit-channel.ts";
import { MOST_CLIENTS, RateLimit } from "./rate-limit.ts";
import { checkRate, type RequestRate } from "./request-rate.ts";

/** What one client may take of a front. Clients are told apart by their addresses; those of a Unix socket have none, and no limits. */
export interface RateOptions {
  /** How many requests a client may send; more are answered 429. @defaultValue false: as many as it likes */
  readonly limitRequests?: RequestRate | false;
  /** Requests of a client, and WebSockets, that may be in progress; more are answered 429. 0: no limit. @defaultValue 0 */
  readonly limitRequestsInProgress?: number;
  /** Connections of a client that may be open; more are answered 503 and closed. 0: no limit. @defaultValue 0 */
  readonly maxConnectionsPerClient?: number;
  /** Bits of an IPv6 address that tell clients apart. @defaultValue 64, what a household has */
  readonly limitIpv6Prefix?: number;
  /** Clients whose requests are remembered; with more, the emptiest of the oldest are forgotten. @defaultValue 100 000 */
  readonly limitClients?: number;
  /** The way to a process that counts for several fronts; `false`: this front counts for itself. @defaultValue false */
  readonly limitChannel?: LimitChannel | false;
}

export const RATE_DEFAULTS: Required<RateOptions> = {
  limitRequests: false,
  limitRequestsInProgress: 0,
  maxConnectionsPerClient: 0,
  limitIpv6Prefix: 64,
  limitClients: MOST_CLIENTS,
  limitChannel: false,
};

const RANGES = {
  limitRequestsInProgress: [0, 10_000_000],
  maxConnectionsPerClient: [0, 10_000_000],
  limitIpv6Prefix: [1, 128],
  limitClients: [1, 10_000_000],
} as const;

/** The places of the limits at a {@link LimitDesk}. */
export const LIMITS = { requests: 0, connections: 1 } as const;

/** @throws {@link ConfigError} that names the option. */
export function checkRateOptions(settings: Required<RateOptions>): void {
  checkRanges<keyof typeof RANGES>(settings, RANGES);
  if (settings.limitRequests !== false) checkRate(settings.limitRequests, "limitRequests");
}

/** Whether anything is limited. */
export function limitsClients(settings: RateOptions): boolean {
  const { limitRequests = false, limitRequestsInProgress = 0, maxConnectionsPerClient = 0 } = settings;
  return limitRequests !== false || limitRequestsInProgress > 0 || maxConnectionsPerClient > 0;
}

/** The limits of these options, in the order of {@link LIMITS}. */
export function rateLimits(options: RateOptions): readonly [requests: RateLimit, connections: RateLimit] {
  const { limitRequests = false, limitRequestsInProgress: inProgress = 0 } = options;
  const { limitClients: mostClients = MOST_CLIENTS, maxConnectionsPerClient = 0 } = options;
  const rate = limitRequests === false ? undefined : limitRequests;
  return [
    new RateLimit({ rate, inProgress, mostClients }),
    new RateLimit({ inProgress: maxConnectionsPerClient }),
  ];
}
