import type { ErrorCode } from "../../errors.ts";
import type { Failure } from "./failure.ts";
import type { ProxyError } from "./proxy-status.ts";

type Rule = ProxyError | ((failure: Pick<Failure, "phase" | "errno" | "status">) => ProxyError);

/** What the system says about a connection that could not be made. */
const CONNECT_ERRORS: Readonly<Record<string, ProxyError>> = {
  ECONNREFUSED: "connection_refused",
  ECONNRESET: "connection_terminated",
  EPIPE: "connection_terminated",
  ETIMEDOUT: "connection_timeout",
  EHOSTUNREACH: "destination_ip_unroutable",
  ENETUNREACH: "destination_ip_unroutable",
  EACCES: "proxy_configuration_error",
  EPERM: "proxy_configuration_error",
  ENOTSOCK: "proxy_configuration_error",
};

const RULES: Readonly<Partial<Record<ErrorCode, Rule>>> = {
  UWB_ERR_UPSTREAM_UNRESOLVED: "dns_error",
  UWB_ERR_UPSTREAM_CONNECT: ({ phase, errno = "" }) =>
    phase === "resolve" ? dnsError(errno) : (CONNECT_ERRORS[errno] ?? "destination_unavailable"),
  UWB_ERR_UPSTREAM_CONNECT_TIMEOUT: ({ phase }) =>
    phase === "resolve" ? "dns_timeout" : "connection_timeout",
  UWB_ERR_UPSTREAM_BUSY: "connection_limit_reached",
  UWB_ERR_UPSTREAM_REFUSED: "destination_unavailable",
  UWB_ERR_UPSTREAM_CLOSED: "connection_terminated",
  UWB_ERR_UPSTREAM_RESET: ({ phase }) =>
    phase === "body" ? "http_response_incomplete" : "connection_terminated",
  UWB_ERR_UPSTREAM_READ_TIMEOUT: "connection_read_timeout",
  UWB_ERR_UPSTREAM_SEND_TIMEOUT: "connection_write_timeout",
  UWB_ERR_RESPONSE_MALFORMED: "http_protocol_error",
  UWB_ERR_RESPONSE_FRAMING: "http_protocol_error",
  UWB_ERR_RESPONSE_TOO_LARGE: "http_response_header_section_size",
  UWB_ERR_RESPONSE_TRUNCATED: "http_response_incomplete",
  UWB_ERR_RESPONSE_UPGRADE: "http_upgrade_failed",
  UWB_ERR_CHUNK_MALFORMED: ({ phase }) =>
    phase === "request" ? "http_request_error" : "http_response_transfer_coding",
  UWB_ERR_TOO_MANY_CONNECTIONS: "proxy_internal_response",
  UWB_ERR_TOO_MANY_REQUESTS: ({ status }) =>
    status < 500 ? "http_request_error" : "proxy_internal_response",
  UWB_ERR_REQUEST_INVALID: ({ status }) => {
    if (status === 403) return "http_request_denied";
    return status >= 500 && status !== 501 && status !== 505
      ? "proxy_internal_response"
      : "http_request_error";
  },
};

/** The error type of RFC 9209 that says best what happened. */
export function proxyErrorOf(failure: Pick<Failure, "code" | "phase" | "errno" | "status">): ProxyError {
  const rule = failure.code && RULES[failure.code];
  if (rule === undefined) return failure.status < 500 ? "http_request_error" : "proxy_internal_error";
  return typeof rule === "string" ? rule : rule(failure);
}

function dnsError(errno: string): ProxyError {
  return errno === "ETIMEOUT" || errno === "EAI_AGAIN" ? "dns_timeout" : "dns_error";
}
