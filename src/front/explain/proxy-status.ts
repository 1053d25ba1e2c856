/**
 * The error types of RFC 9209 that a front of uwsgi servers can meet.
 *
 * @see RFC 9209 section 2.3
 */
export type ProxyError =
  | "dns_timeout"
  | "dns_error"
  | "destination_unavailable"
  | "destination_ip_unroutable"
  | "connection_refused"
  | "connection_terminated"
  | "connection_timeout"
  | "connection_read_timeout"
  | "connection_write_timeout"
  | "connection_limit_reached"
  | "http_request_error"
  | "http_request_denied"
  | "http_response_incomplete"
  | "http_response_header_section_size"
  | "http_response_transfer_coding"
  | "http_upgrade_failed"
  | "http_protocol_error"
  | "proxy_internal_response"
  | "proxy_internal_error"
  | "proxy_configuration_error";

/** What a `Proxy-Status` field says of this front. */
export interface ProxyStatus {
  readonly error: ProxyError;
  /** The server that was asked. An internal address: not for everybody. @defaultValue left out */
  readonly nextHop?: string | undefined;
  /** Status of the response that had arrived from it. @defaultValue left out */
  readonly receivedStatus?: number | undefined;
  /** @defaultValue left out */
  readonly details?: string | undefined;
}

/** By which name the front speaks of itself. */
const PROXY_NAME = "uwsgi-bridge";
/** Longest text of a parameter. */
const MAX_TEXT = 256;

/**
 * The value of a `Proxy-Status` field with one member.
 *
 * @see RFC 9209 section 2; RFC 8941 section 4.1
 */
export function encodeProxyStatus({ error, nextHop, receivedStatus, details }: ProxyStatus): string {
  let value = `${PROXY_NAME}; error=${error}`;
  if (nextHop !== undefined) value += `; next-hop=${encodeString(nextHop)}`;
  if (receivedStatus !== undefined) value += `; received-status=${receivedStatus}`;
  if (details !== undefined) value += `; details=${encodeString(details)}`;
  return value;
}

/** A string of structured fields: visible ASCII and spaces, nothing else can be written. */
function encodeString(text: string): string {
  const visible = text.slice(0, MAX_TEXT).replace(/[^ -~]/g, "?");
  return `"${visible.replace(/["\\]/g, "\\$&")}"`;
}
