import type { FailedAt } from "../../client/retry-rule.ts";
import type { ErrorCode } from "../../errors.ts";

/** What went wrong between front and server, as far as the server is to blame. */
export type FailureKind =
  /** No connection. */
  | "connect"
  /** The connection broke, or ended without an answer. */
  | "reset"
  /** It kept us waiting too long. */
  | "timeout"
  /** The answer was no answer, or broke off. */
  | "garbage"
  /** An answer that {@link BalanceOptions.nextUpstream} takes for a failure. */
  | "status";

const KINDS: { readonly [Code in ErrorCode]?: FailureKind } = {
  UWB_ERR_UPSTREAM_CONNECT: "connect",
  UWB_ERR_UPSTREAM_CONNECT_TIMEOUT: "connect",
  UWB_ERR_UPSTREAM_CLOSED: "reset",
  UWB_ERR_UPSTREAM_RESET: "reset",
  UWB_ERR_UPSTREAM_READ_TIMEOUT: "timeout",
  UWB_ERR_UPSTREAM_SEND_TIMEOUT: "timeout",
  UWB_ERR_RESPONSE_MALFORMED: "garbage",
  UWB_ERR_RESPONSE_FRAMING: "garbage",
  UWB_ERR_RESPONSE_TRUNCATED: "garbage",
  UWB_ERR_CHUNK_MALFORMED: "garbage",
};

/** A failed exchange. */
export interface FailedUse {
  readonly code: ErrorCode;
  readonly failedAt: FailedAt;
  /** The connection was used before. */
  readonly wasReused: boolean;
}

/**
 * What a server is to be blamed for; `undefined`: nothing.
 *
 * Not for what is wrong with the request or for too many of them, not for a worker that says it is about to end, and not for a kept
 * connection that was closed in the moment it was used: a fresh one tells.
 */
export function failureKind({ code, failedAt, wasReused }: FailedUse): FailureKind | undefined {
  if (failedAt === "body" || failedAt === "refused") return undefined;
  if (failedAt === "lost" && wasReused) return undefined;
  return KINDS[code];
}
