/**
 * Every failure uwsgi-bridge reports, grouped by whose fault it is.
 *
 * - {@link ProtocolError}: the peer sent bytes the format does not allow, or broke off what it had announced.
 * - {@link UsageError}: our own caller, an application included, broke the contract of a function.
 * - {@link UpstreamError}: a worker could not be reached, closed early or went silent.
 * - {@link ConfigError}: an option or a flag can not be used as given.
 *
 * Match on `error.code`, never on `message`. Codes are part of the public API; messages are not.
 * Cause and remedy of each code: docs/errors.md. This file imports nothing, so every folder may import it.
 */

/** Stable machine-readable reasons. Adding one is a minor release, removing one is major. */
export const ERROR_CODES = [
  // packets
  "UWB_ERR_NOT_UWSGI",
  "UWB_ERR_PACKET_TRUNCATED",
  "UWB_ERR_VARS_MALFORMED",
  "UWB_ERR_VARS_TOO_LARGE",
  "UWB_ERR_VARS_TOO_MANY",
  "UWB_ERR_VALUE_NOT_LATIN1",
  // requests as the worker reads them
  "UWB_ERR_REQUEST_METHOD",
  "UWB_ERR_CONTENT_LENGTH",
  "UWB_ERR_LENGTH_REQUIRED",
  "UWB_ERR_CLIENT_GONE",
  "UWB_ERR_BODY_TIMEOUT",
  "UWB_ERR_SEND_TIMEOUT",
  "UWB_ERR_HARAKIRI",
  // the contract between server and application
  "UWB_ERR_STATUS",
  "UWB_ERR_HEADERS",
  "UWB_ERR_HEADER_NAME",
  "UWB_ERR_HEADER_VALUE",
  "UWB_ERR_HOP_BY_HOP",
  "UWB_ERR_HEADERS_SET",
  "UWB_ERR_UPGRADE",
  "UWB_ERR_NO_START",
  "UWB_ERR_CHUNK",
  "UWB_ERR_RESULT",
  "UWB_ERR_TOO_MUCH",
  "UWB_ERR_LINT",
  // responses as the front reads them
  "UWB_ERR_RESPONSE_MALFORMED",
  "UWB_ERR_RESPONSE_FRAMING",
  "UWB_ERR_RESPONSE_TOO_LARGE",
  "UWB_ERR_RESPONSE_TRUNCATED",
  "UWB_ERR_RESPONSE_UPGRADE",
  "UWB_ERR_CHUNK_MALFORMED",
  // files that an application lets the front send
  "UWB_ERR_FILE_NOT_FOUND",
  "UWB_ERR_FILE_FORBIDDEN",
  "UWB_ERR_FILE_READ",
  // reaching a worker
  "UWB_ERR_UPSTREAM_UNRESOLVED",
  "UWB_ERR_UPSTREAM_CONNECT",
  "UWB_ERR_UPSTREAM_CONNECT_TIMEOUT",
  "UWB_ERR_UPSTREAM_BUSY",
  "UWB_ERR_UPSTREAM_REFUSED",
  "UWB_ERR_UPSTREAM_CLOSED",
  "UWB_ERR_UPSTREAM_RESET",
  "UWB_ERR_UPSTREAM_READ_TIMEOUT",
  "UWB_ERR_UPSTREAM_SEND_TIMEOUT",
  // requests as the front reads them
  "UWB_ERR_REQUEST_INVALID",
  "UWB_ERR_PROXY_PROTOCOL",
  "UWB_ERR_BODY_TOO_LARGE",
  "UWB_ERR_SPOOL",
  "UWB_ERR_STATIC_FILE",
  // too much at once
  "UWB_ERR_TOO_MANY_CONNECTIONS",
  "UWB_ERR_TOO_MANY_REQUESTS",
  "UWB_ERR_DESCRIPTORS",
  // starting up
  "UWB_ERR_CONFIG",
  "UWB_ERR_ENDPOINT",
  "UWB_ERR_SOCKET_IN_USE",
  "UWB_ERR_LISTEN",
  "UWB_ERR_APP_LOAD",
  "UWB_ERR_CHILD_EXITED",
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** Base class: `instanceof UwsgiBridgeError` means "we raised this on purpose". */
export abstract class UwsgiBridgeError extends Error {
  /** What went wrong, for programs. */
  readonly code: ErrorCode;

  protected constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** The peer broke the format or its own announcement. The connection can not be used any more. */
export class ProtocolError extends UwsgiBridgeError {
  /** Byte position, counted from the start of the current packet, body or response. */
  readonly offset: number;
  /** HTTP status to answer with, when an answer can still be sent. */
  readonly statusHint: number;

  constructor(code: ErrorCode, message: string, at: { offset: number; statusHint?: number }) {
    super(code, `${message} (at byte ${at.offset})`);
    this.offset = at.offset;
    this.statusHint = at.statusHint ?? 400;
  }
}

/** Our caller passed something that can not be put on the wire, or broke the order of calls. */
export class UsageError extends UwsgiBridgeError {
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** A worker refused the connection, closed it early, or exceeded a time limit. */
export class UpstreamError extends UwsgiBridgeError {
  /** 502 when the worker misbehaved, 503 when none could be reached, 504 when it was too slow. */
  readonly statusHint: 502 | 503 | 504;

  constructor(code: ErrorCode, message: string, statusHint: 502 | 503 | 504, options?: ErrorOptions) {
    super(code, message, options);
    this.statusHint = statusHint;
  }
}

/** An option or a flag can not be used as given. Nothing was started. */
export class ConfigError extends UwsgiBridgeError {
  /** The option, spelt as in the programming interface, such as `maxVarsBytes`. */
  readonly option: string;

  constructor(option: string, message: string, code: ErrorCode = "UWB_ERR_CONFIG", options?: ErrorOptions) {
    super(code, message, options);
    this.option = option;
  }
}
