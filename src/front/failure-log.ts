import { UWSGI_DEFAULTS } from "../codec/constants.ts";
import { type Vars, varsSize } from "../codec/vars.ts";
import { ProtocolError, type UwsgiBridgeError } from "../errors.ts";
import type { Logger } from "../log.ts";
import type { ParsedRequest } from "./parse-request.ts";
import { biggestVars } from "./request-vars.ts";

/** The most frequent reason of a connection that closes without an answer. */
const { maxVarsBytes: UWSGI_BUFFER_SIZE, maxVars: UWSGI_MAX_VARS } = UWSGI_DEFAULTS;

/** The request a failure is about. */
export interface FailedRequest {
  /** What the client is told to ask about. */
  readonly id: string;
  readonly parsed: ParsedRequest;
  readonly target: string;
  readonly vars: Vars;
  /** Of a failure that the client does not see. @defaultValue by whose fault it is */
  readonly level?: "info" | undefined;
}

/** Log why a request could not be answered as it should. */
export function logFailure(
  log: Logger,
  { id, parsed, target, vars, level }: FailedRequest,
  error: UwsgiBridgeError,
  message: string,
): void {
  const varsBytes = varsSize(vars);
  log[level ?? levelOf(error)](
    {
      requestId: id,
      code: error.code,
      reason: error.message,
      method: parsed.method,
      uri: parsed.requestUri,
      target,
      varsBytes,
      vars: vars.length,
      ...hint(error, vars, varsBytes),
    },
    message,
  );
}

/** What a client did wrong is no error of ours; what an application names and may not send is one of the application's. */
function levelOf(error: UwsgiBridgeError): "info" | "warn" | "error" {
  if (!(error instanceof ProtocolError) || error.statusHint >= 500) return "error";
  return error.code.startsWith("UWB_ERR_FILE") ? "warn" : "info";
}

function hint(
  error: UwsgiBridgeError,
  vars: Vars,
  varsBytes: number,
): { biggestVars?: string; hint?: string } {
  const isSize = error.code === "UWB_ERR_VARS_TOO_LARGE" || error.code === "UWB_ERR_VARS_TOO_MANY";
  const isSilent = error.code === "UWB_ERR_UPSTREAM_CLOSED" || error.code === "UWB_ERR_UPSTREAM_RESET";
  if (isSize) return { biggestVars: biggestVars(vars) };
  if (!isSilent || (varsBytes <= UWSGI_BUFFER_SIZE && vars.length <= UWSGI_MAX_VARS)) return {};
  return {
    biggestVars: biggestVars(vars),
    hint:
      `uWSGI closes such a connection when the vars exceed its buffer-size (default ${UWSGI_BUFFER_SIZE} bytes) or ` +
      `max-vars (default ${UWSGI_MAX_VARS}): raise them there, or set --backend-buffer-size here to answer 431`,
  };
}
