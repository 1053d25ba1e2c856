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

/**
 * The error of a connection that failed, or was reset.
 *
 * @param received - Bytes of answer until then; `"connect"`: the connection was not there yet.
 */
export function brokenConnection(
  received: number | "connect",
  where: string,
  cause: NodeJS.ErrnoException | undefined,
): UpstreamError {
  if (received === "connect") {
    const why = cause?.message || cause?.code || "the connection was closed";
    return new UpstreamError("UWB_ERR_UPSTREAM_CONNECT", `can not connect to ${where}: ${why}`, 503, {
      cause,
    });
  }
  const message = `${where} broke the connection after ${received} bytes of its answer`;
  return new UpstreamError("UWB_ERR_UPSTREAM_RESET", message, 502, { cause });
}

/** What went wrong with the body itself is the client's doing, and said as it is. */
export function bodyError(error: unknown): UwsgiBridgeError {
  if (error instanceof ProtocolError) return error;
  const message = "the request body could not be read to its end";
  return new UpstreamError("UWB_ERR_UPSTREAM_CLOSED", message, 502, { cause: error });
}
