import { ProtocolError, UpstreamError, type UwsgiBridgeError } from "../errors.ts";
import type { ExchangeLimits } from "./exchange-handler.ts";

/** What a server that keeps us waiting did not do. */
export type AwaitedStep = "connect" | "send" | "read";

/** The error of an exchange that took too long, with the limit that was met. */
export function exchangeTimeout(step: AwaitedStep, where: string, limits: ExchangeLimits): UpstreamError {
  switch (step) {
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
    case "read":
      return new UpstreamError(
        "UWB_ERR_UPSTREAM_READ_TIMEOUT",
        `${where} sent nothing for ${limits.readTimeoutMs} ms`,
        504,
      );
  }
}

/** What went wrong with the body itself is the client's doing, and said as it is. */
export function bodyError(error: unknown): UwsgiBridgeError {
  if (error instanceof ProtocolError) return error;
  const message = "the request body could not be read to its end";
  return new UpstreamError("UWB_ERR_UPSTREAM_CLOSED", message, 502, { cause: error });
}
