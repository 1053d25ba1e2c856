/** How far an exchange came before it failed. */
export type FailedAt =
  /** No connection was made, or nothing was written to it. */
  | "connect"
  /** The worker said that it did not run the request: the close mark. */
  | "refused"
  /** The request was on its way, and the connection ended without a byte of answer. */
  | "lost"
  /** The request was on its way, and no byte of answer came in time. */
  | "silent"
  /** Part of an answer arrived. */
  | "answered"
  /** A whole head arrived, whose status asks for another server. */
  | "status"
  /** What went wrong is the body of the request: another connection would not help. */
  | "body";

/** What another server is asked for. */
export type RetryCause = "error" | "timeout" | `http_${number}`;

/** What the rule looks at. */
export interface FailedExchange {
  readonly failedAt: FailedAt;
  readonly method: string;
  /** The body can be sent again from its beginning. */
  readonly isReplayable: boolean;
  /** The connection had been used before: it may have been closed in the moment it was used. */
  readonly wasReused: boolean;
  /** Another connection may end elsewhere: there are several workers. */
  readonly hasAlternative: boolean;
  /** Servers that were not asked yet. */
  readonly untried: number;
  /** Servers there are. */
  readonly servers: number;
  /** Exchanges of this request that failed already, this one not counted. */
  readonly failed: number;
  /** How often the request was sent, this time counted. */
  readonly sends: number;
  /** Most times it may be sent; what is known not to have been run is not counted. */
  readonly maxSends: number;
  readonly causes: ReadonlySet<RetryCause>;
}

/** @see RFC 9110 section 9.2.2 */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);
/** Whether a request of this method may run twice. */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/** Refusals in a row that are believed: each is a worker that is about to end. */
const MAX_REFUSALS = 3;
/** A connection that was closed in the moment it was used is no reason to fail, however few tries are allowed. */
const REUSE_SENDS = 2;

/**
 * Whether a request may be sent again. Never what may have run already: only what provably did not, or what may run twice by its method, and
 * that as often as is allowed.
 */
export function mayRetry(exchange: FailedExchange): boolean {
  const { failedAt, isReplayable, untried, servers, failed, causes } = exchange;
  if (!isReplayable) return false;
  switch (failedAt) {
    case "connect":
      return causes.has("error") && untried > 0;
    case "refused":
      return failed < servers + MAX_REFUSALS;
    case "lost":
      return (
        mayRunAgain(exchange) && (exchange.wasReused || (causes.has("error") && exchange.hasAlternative))
      );
    case "silent":
      return mayRunAgain(exchange) && causes.has("timeout") && untried > 0;
    case "status":
      // That this status is among the causes is known from its being a failure.
      return mayRunAgain(exchange) && untried > 0;
    case "answered":
    case "body":
      return false;
  }
}

function mayRunAgain({ method, wasReused, failedAt, sends, maxSends }: FailedExchange): boolean {
  const isStale = wasReused && failedAt === "lost";
  return isIdempotent(method) && sends < (isStale ? Math.max(REUSE_SENDS, maxSends) : maxSends);
}
