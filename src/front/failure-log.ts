import type { ExchangeProgress } from "../client/exchange-progress.ts";
import { UWSGI_DEFAULTS } from "../codec/constants.ts";
import type { LogFields, Logger } from "../log.ts";
import { adviceFor } from "./explain/advice.ts";
import type { Failure, FailurePhase } from "./explain/failure.ts";

/** The request a failure is about. */
export interface FailedRequest {
  /** What the client is told to ask about. */
  readonly id: string;
  readonly method: string;
  readonly uri: string;
  /** When it came, on the clock of `performance.now()`. */
  readonly startedMs: number;
  /** Of the last attempt. `undefined`: there was none. */
  readonly progress: ExchangeProgress | undefined;
  /** Servers that were tried, the present one included. */
  readonly attempts: number;
  /** Of a failure that the client does not see. @defaultValue by whose fault it is */
  readonly level?: "info" | undefined;
}

/** Where a request stood in each phase. */
const HOPS: Readonly<Record<FailurePhase, "client" | "front" | "upstream">> = {
  request: "client",
  queue: "upstream",
  resolve: "upstream",
  connect: "upstream",
  write: "upstream",
  head: "upstream",
  body: "upstream",
  file: "front",
};

/** Log why a request could not be answered as it should. */
export function logFailure(log: Logger, request: FailedRequest, failure: Failure, message: string): void {
  const { id, method, uri, startedMs, progress, attempts, level } = request;
  const { code, reason, phase, errno, target, varsBytes, vars, sentBytes, receivedBytes } = failure;
  const [hint] = HOPS[phase] === "upstream" ? adviceFor(failure).next : [];
  log[level ?? levelOf(failure)](
    {
      requestId: id,
      code,
      reason,
      hop: HOPS[phase],
      phase,
      ...(errno === undefined ? {} : { errno }),
      method,
      uri,
      target,
      attempts,
      varsBytes,
      vars,
      ...(isAboutSize(failure) ? { biggestVars: failure.biggestVars } : {}),
      sentBytes,
      receivedBytes,
      ...timings(startedMs, progress),
      ...(hint === undefined ? {} : { hint }),
    },
    message,
  );
}

/** What a client did wrong is no error of ours; what an application names and may not send is one of the application's. */
function levelOf({ code, status }: Failure): "info" | "warn" | "error" {
  if (status >= 500) return "error";
  return code?.startsWith("UWB_ERR_FILE") ? "warn" : "info";
}

function isAboutSize({ code, varsBytes = 0, vars = 0 }: Failure): boolean {
  if (code === "UWB_ERR_VARS_TOO_LARGE" || code === "UWB_ERR_VARS_TOO_MANY") return true;
  const isSilent = code === "UWB_ERR_UPSTREAM_CLOSED" || code === "UWB_ERR_UPSTREAM_RESET";
  return isSilent && (varsBytes > UWSGI_DEFAULTS.maxVarsBytes || vars > UWSGI_DEFAULTS.maxVars);
}

/** Milliseconds that the steps of the last attempt took, as far as it came, and the whole request. */
function timings(startedMs: number, progress: ExchangeProgress | undefined): LogFields {
  const totalMs = rounded(performance.now() - startedMs);
  if (!progress) return { totalMs };
  const { startedAt, connectingAt, readyAt, firstByteAt } = progress;
  return {
    ...timing("queuedMs", (connectingAt || readyAt) - startedAt),
    ...timing("connectMs", readyAt - connectingAt),
    ...timing("firstByteMs", firstByteAt - readyAt),
    totalMs,
  };
}

function timing(name: string, ms: number): LogFields {
  return Number.isNaN(ms) ? {} : { [name]: rounded(ms) };
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
