/** What is known of a connection when a response on it is complete. */
export interface FinishedUse {
  /** Milliseconds the worker keeps it when idle; `undefined`: it did not agree to keep it. */
  readonly acceptedIdleMs: number | undefined;
  /** The request was sent to its last byte before the response was complete. */
  readonly isRequestSent: boolean;
  /** Bytes arrived that belong to no response. */
  readonly hasSurplus: boolean;
  /** Requests it has carried, this one included. */
  readonly requests: number;
  readonly ageMs: number;
}

/** Limits on how long, and how often, a connection is used. */
export interface ReuseLimits {
  /** Longest time a connection waits for its next request. */
  readonly persistIdleMs: number;
  readonly maxRequestsPerConnection: number;
  readonly maxConnectionAgeMs: number;
}

/** The worker closes a connection at its limit: ours must be over before a request could meet it. */
const MARGIN_MS = 1000;

/**
 * How long a connection may wait for another request.
 *
 * @returns Milliseconds; 0: it is to be closed now.
 */
export function reusableForMs(use: FinishedUse, limits: ReuseLimits): number {
  const { acceptedIdleMs, isRequestSent, hasSurplus, requests, ageMs } = use;
  if (acceptedIdleMs === undefined || !isRequestSent || hasSurplus) return 0;
  if (requests >= limits.maxRequestsPerConnection || ageMs >= limits.maxConnectionAgeMs) return 0;
  return Math.max(0, Math.min(limits.persistIdleMs, acceptedIdleMs - MARGIN_MS));
}
