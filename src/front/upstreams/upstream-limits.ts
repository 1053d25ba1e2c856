import type { UpstreamLimits } from "../../client/upstream.ts";
import type { FrontSettings } from "../options.ts";

/** Requests on one connection to a worker, and its age, after which a fresh one is opened. */
const MAX_REQUESTS_PER_CONNECTION = 1000;
const MAX_CONNECTION_AGE_MS = 600_000;

/** How connections to one server are used, as the options say it. */
export function upstreamLimits(settings: FrontSettings): UpstreamLimits {
  // A modifier that was asked for has no room for an offer.
  const mayPersist = settings.persist && settings.modifier1 === 0 && settings.modifier2 === 0;
  return {
    persistIdleMs: mayPersist ? settings.persistIdleMs : 0,
    maxRequestsPerConnection: MAX_REQUESTS_PER_CONNECTION,
    maxConnectionAgeMs: MAX_CONNECTION_AGE_MS,
    maxConnections: settings.maxConnectionsPerServer,
    maxWaiting: settings.maxWaitingRequests,
  };
}
