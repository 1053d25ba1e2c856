import type { ExchangeProgress } from "../../client/exchange-progress.ts";
import { type Vars, varsSize } from "../../codec/vars.ts";
import { ProtocolError, UpstreamError, type UwsgiBridgeError } from "../../errors.ts";
import { formatEndpoint, type Target } from "../../net/endpoint.ts";
import { biggestVars } from "../request/request-vars.ts";
import type { Failure, FailureLimits, FailurePhase, SocketFile } from "./failure.ts";
import { peerSpeech } from "./peer-speech.ts";
import { lookAtSocket } from "./socket-file.ts";

/** What is known of a request that was to be sent to a server. */
export interface ForwardedFacts {
  readonly target: Target;
  readonly vars: Vars;
  /** The server speaks HTTP. @defaultValue false */
  readonly isHttp?: boolean | undefined;
  readonly limits: FailureLimits;
  /** Of the last attempt. `undefined`: there was none. */
  readonly progress: ExchangeProgress | undefined;
}

/** Errors of what the client sent, whatever the exchange was doing meanwhile. */
const CLIENT_ERRORS = new Set([
  "UWB_ERR_VARS_TOO_LARGE",
  "UWB_ERR_VARS_TOO_MANY",
  "UWB_ERR_VALUE_NOT_LATIN1",
  "UWB_ERR_REQUEST_INVALID",
  "UWB_ERR_BODY_TOO_LARGE",
  "UWB_ERR_BODY_TIMEOUT",
  "UWB_ERR_CLIENT_GONE",
  "UWB_ERR_SPOOL",
]);
/** The file may tell more about these than the error. */
const FILE_ERRORS = new Set(["EACCES", "EPERM", "ENOENT", "ENOTSOCK", "ECONNREFUSED"]);

/** Put together what is known of a failure, for its answer, its page and its line in the log. */
export function failureOf(error: UwsgiBridgeError, facts: ForwardedFacts): Failure {
  const { target, vars, isHttp, limits, progress } = facts;
  const { code, message: reason } = error;
  const phase = phaseOf(error, progress);
  const errno = errnoOf(error);
  return {
    code,
    status: statusOf(error),
    reason,
    phase,
    errno,
    target: formatEndpoint(target),
    isHttp,
    receivedStatus: progress?.status,
    sentBytes: progress?.sentBytes ?? 0,
    receivedBytes: progress?.receivedBytes ?? 0,
    varsBytes: varsSize(vars),
    vars: vars.length,
    biggestVars: biggestVars(vars),
    speech: progress?.firstBytes && peerSpeech(progress.firstBytes),
    limits,
    socketFile: phase === "connect" ? socketFile(target, errno) : undefined,
  };
}

/** The status that a client is told. */
function statusOf(error: UwsgiBridgeError): number {
  return error instanceof ProtocolError || error instanceof UpstreamError ? error.statusHint : 502;
}

function phaseOf(error: UwsgiBridgeError, progress: ExchangeProgress | undefined): FailurePhase {
  if (error.code.startsWith("UWB_ERR_FILE")) return "file";
  if (!progress || CLIENT_ERRORS.has(error.code)) return "request";
  return progress.phase === "connect" && isLookUp(error.cause) ? "resolve" : progress.phase;
}

function errnoOf({ cause }: UwsgiBridgeError): string | undefined {
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}

function isLookUp(cause: unknown): boolean {
  return cause instanceof Error && "syscall" in cause && cause.syscall === "getaddrinfo";
}

function socketFile(target: Target, errno: string | undefined): SocketFile | undefined {
  return target.type === "unix" && errno !== undefined && FILE_ERRORS.has(errno)
    ? lookAtSocket(target.path)
    : undefined;
}
