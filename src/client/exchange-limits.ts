import { UpstreamError } from "../errors.ts";
import { formatEndpoint, type Target } from "../net/endpoint.ts";

/** Limits of an exchange. */
export interface ExchangeLimits {
  readonly connectTimeoutMs: number;
  /** Longest silence of the worker once the request was sent. */
  readonly readTimeoutMs: number;
  /** Longest time the worker may take nothing of the request. */
  readonly sendTimeoutMs: number;
}

/** What to say of a worker that was too slow in this phase. */
export function timeoutError(phase: string, target: Target, limits: ExchangeLimits): UpstreamError {
  const where = formatEndpoint(target);
  switch (phase) {
    case "connect":
      return new UpstreamError(
        "UWB_ERR_UPSTREAM_CONNECT_TIMEOUT",
        `${where} did not accept the connection within ${limits.connectTimeoutMs} ms`,
        504,
      );
    case "send":
      return new UpstreamError(
        "UWB_ERR_UPSTREAM_SEND_TIMEOUT",
        `${where} took nothing of the request body for ${limits.sendTimeoutMs} ms`,
        504,
      );
    default:
      return new UpstreamError(
        "UWB_ERR_UPSTREAM_READ_TIMEOUT",
        `${where} sent nothing for ${limits.readTimeoutMs} ms`,
        504,
      );
  }
}
