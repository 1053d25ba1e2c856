/** How far an exchange came before it failed. */
export type FailedAt =
  /** No connection was made, or nothing was written to it. */
  | "connect"
  /** The worker said that it did not run the request: the close mark. */
  | "refused"
  /** The request was on its way, and the connection ended without a byte of answer. */
  | "lost"
  /** Part of an answer arrived, or the worker is alive and slow, or what went wrong is not the connection. */
  | "answered";

/** What the rule looks at. */
export interface FailedExchange {
  readonly failedAt: FailedAt;
  readonly method: string;
  /** The body can be sent again from its beginning. */
  readonly isReplayable: boolean;
  /** Another connection may end elsewhere: it was an old one, or there are several workers. */
  readonly hasAlternative: boolean;
  /** Exchanges of this request that were lost already. */
  readonly lost: number;
  /** Exchanges of this request that failed already, this one not counted. */
  readonly failed: number;
  /** Servers there are to connect to. */
  readonly servers: number;
}

/** @see RFC 9110 section 9.2.2 */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"]);
/** Whether a request of this method may run twice. */
export function isIdempotent(method: string): boolean {
  return IDEMPOTENT.has(method);
}

/** Refusals in a row that are believed: each is a worker that is about to end. */
const MAX_REFUSALS = 3;

/**
 * Whether a request may be sent again. Never what may have run already: only what provably did not, or what may run twice by its method, and
 * that once.
 */
export function mayRetry(exchange: FailedExchange): boolean {
  const { failedAt, method, isReplayable, hasAlternative, lost, failed, servers } = exchange;
  if (!isReplayable) return false;
  switch (failedAt) {
    case "connect":
      return failed + 1 < servers;
    case "refused":
      return failed < servers + MAX_REFUSALS;
    case "lost":
      return hasAlternative && lost === 0 && isIdempotent(method);
    case "answered":
      return false;
  }
}
