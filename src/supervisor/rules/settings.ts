import { checkRanges, withDefaults } from "../../settings.ts";

/** What the rules of a fleet depend on. Times are in milliseconds, 0 switches a limit off. */
export interface FleetSettings {
  /** How many processes are to serve. */
  readonly processes: number;
  /** A process that is not ready within this time has failed to start. */
  readonly bootTimeoutMs: number;
  /** How long a process that was told to stop may finish what it has begun. */
  readonly gracefulTimeoutMs: number;
  /** Replace a process that has answered so many requests. */
  readonly maxRequests: number;
  /** Up to so many requests more, by chance, so that processes started together are not replaced together. */
  readonly maxRequestsJitter: number;
  /** Replace a process that holds more memory than this, in bytes. */
  readonly maxRssBytes: number;
  /** Replace a process of this age. */
  readonly maxLifetimeMs: number;
  /** Whether the first generation may fail: development waits for the next save, everything else gives up. */
  readonly survivesFirstFailure: boolean;
}

export const FLEET_DEFAULTS: FleetSettings = {
  processes: 1,
  bootTimeoutMs: 30_000,
  gracefulTimeoutMs: 30_000,
  maxRequests: 0,
  maxRequestsJitter: 0,
  maxRssBytes: 0,
  maxLifetimeMs: 0,
  survivesFirstFailure: false,
};

const MOST_MS = 2 ** 31 - 1;

/** Smallest and largest value of each number. */
const RANGES = {
  processes: [1, 1024],
  bootTimeoutMs: [1, MOST_MS],
  gracefulTimeoutMs: [0, MOST_MS],
  maxRequests: [0, Number.MAX_SAFE_INTEGER],
  maxRequestsJitter: [0, Number.MAX_SAFE_INTEGER],
  maxRssBytes: [0, Number.MAX_SAFE_INTEGER],
  maxLifetimeMs: [0, Number.MAX_SAFE_INTEGER],
} as const;

/**
 * Fill in the defaults and check every number.
 *
 * @throws {@link ConfigError} that names the option, its range and what was given.
 */
export function resolveFleetSettings(options: Partial<FleetSettings>): FleetSettings {
  const settings = withDefaults<FleetSettings>(FLEET_DEFAULTS, options as FleetSettings);
  checkRanges<keyof typeof RANGES>(settings, RANGES);
  return settings;
}

/** A process that served for less than this may have died of its start: its successor waits. Others are replaced at once. */
export const SHORT_LIFE_MS = 1000;
/** A process that has served for this long was no failure: what comes later is a new story. */
export const STABLE_MS = 5000;
/** A process that ends by itself at its graceful timeout gets this much longer before it is killed. */
export const KILL_MARGIN_MS = 2000;
/** A process that was told to stop at once gets this long to break off its responses visibly. */
export const CUT_MARGIN_MS = 1000;
/** Memory and age are looked at only from this age on: a limit below what the application needs must not become a loop. */
export const MIN_LIFETIME_MS = 10_000;
