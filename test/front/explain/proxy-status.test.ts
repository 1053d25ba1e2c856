import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ErrorCode } from "../../../src/errors.ts";
import type { FailurePhase } from "../../../src/front/explain/failure.ts";
import { proxyErrorOf } from "../../../src/front/explain/proxy-error.ts";
import { encodeProxyStatus } from "../../../src/front/explain/proxy-status.ts";

describe("the field", () => {
  test.each([
    [{ error: "connection_refused" }, "uwsgi-bridge; error=connection_refused"],
    [
      { error: "connection_refused", nextHop: "unix:/run/app.sock" },
      'uwsgi-bridge; error=connection_refused; next-hop="unix:/run/app.sock"',
    ],
    [
      { error: "http_upgrade_failed", receivedStatus: 101 },
      "uwsgi-bridge; error=http_upgrade_failed; received-status=101",
    ],
    [
      { error: "http_request_error", details: 'a "quote", a \\ and é\r\nSet-Cookie: a=b' },
      'uwsgi-bridge; error=http_request_error; details="a \\"quote\\", a \\\\ and ???Set-Cookie: a=b"',
    ],
    [
      { error: "dns_error", nextHop: "a:1", receivedStatus: 200, details: "UWB_ERR_X" },
      'uwsgi-bridge; error=dns_error; next-hop="a:1"; received-status=200; details="UWB_ERR_X"',
    ],
  ] as const)("of %j", (status, value) => {
    expect(encodeProxyStatus(status)).toBe(value);
  });

  test("is a structured field, whatever a text holds, and not endless", () => {
    const member = /^uwsgi-bridge; error=[a-z_]+; details="(?:[ !#-[\]-~]|\\["\\])*"$/;
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (details) => {
        const value = encodeProxyStatus({ error: "dns_error", details });
        expect(value).toMatch(member);
        expect(value.length).toBeLessThan(600);
      }),
    );
  });
});

type Row = readonly [
  code: ErrorCode | undefined,
  phase: FailurePhase,
  error: string,
  more?: { errno?: string; status?: number },
];

const rows: readonly Row[] = [
  ["UWB_ERR_UPSTREAM_CONNECT", "connect", "connection_refused", { errno: "ECONNREFUSED" }],
  ["UWB_ERR_UPSTREAM_CONNECT", "connect", "destination_unavailable", { errno: "ENOENT" }],
  ["UWB_ERR_UPSTREAM_CONNECT", "connect", "proxy_configuration_error", { errno: "EACCES" }],
  ["UWB_ERR_UPSTREAM_CONNECT", "connect", "proxy_configuration_error", { errno: "ENOTSOCK" }],
  ["UWB_ERR_UPSTREAM_CONNECT", "connect", "destination_ip_unroutable", { errno: "EHOSTUNREACH" }],
  ["UWB_ERR_UPSTREAM_CONNECT", "connect", "connection_timeout", { errno: "ETIMEDOUT" }],
  ["UWB_ERR_UPSTREAM_CONNECT", "connect", "connection_terminated", { errno: "ECONNRESET" }],
  ["UWB_ERR_UPSTREAM_CONNECT", "connect", "destination_unavailable"],
  ["UWB_ERR_UPSTREAM_CONNECT", "resolve", "dns_error", { errno: "ENOTFOUND" }],
  ["UWB_ERR_UPSTREAM_CONNECT", "resolve", "dns_timeout", { errno: "EAI_AGAIN" }],
  ["UWB_ERR_UPSTREAM_UNRESOLVED", "resolve", "dns_error"],
  ["UWB_ERR_UPSTREAM_CONNECT_TIMEOUT", "connect", "connection_timeout"],
  ["UWB_ERR_UPSTREAM_CONNECT_TIMEOUT", "resolve", "dns_timeout"],
  ["UWB_ERR_UPSTREAM_BUSY", "queue", "connection_limit_reached"],
  ["UWB_ERR_UPSTREAM_REFUSED", "head", "destination_unavailable"],
  ["UWB_ERR_UPSTREAM_CLOSED", "head", "connection_terminated"],
  ["UWB_ERR_UPSTREAM_RESET", "write", "connection_terminated"],
  ["UWB_ERR_UPSTREAM_RESET", "body", "http_response_incomplete"],
  ["UWB_ERR_UPSTREAM_READ_TIMEOUT", "head", "connection_read_timeout"],
  ["UWB_ERR_UPSTREAM_SEND_TIMEOUT", "write", "connection_write_timeout"],
  ["UWB_ERR_RESPONSE_MALFORMED", "head", "http_protocol_error"],
  ["UWB_ERR_RESPONSE_FRAMING", "head", "http_protocol_error"],
  ["UWB_ERR_RESPONSE_TOO_LARGE", "head", "http_response_header_section_size"],
  ["UWB_ERR_RESPONSE_TRUNCATED", "body", "http_response_incomplete"],
  ["UWB_ERR_RESPONSE_UPGRADE", "head", "http_upgrade_failed"],
  ["UWB_ERR_CHUNK_MALFORMED", "body", "http_response_transfer_coding"],
  ["UWB_ERR_CHUNK_MALFORMED", "request", "http_request_error", { status: 400 }],
  ["UWB_ERR_TOO_MANY_CONNECTIONS", "request", "proxy_internal_response", { status: 503 }],
  ["UWB_ERR_TOO_MANY_REQUESTS", "request", "http_request_error", { status: 429 }],
  ["UWB_ERR_TOO_MANY_REQUESTS", "request", "proxy_internal_response", { status: 503 }],
  ["UWB_ERR_REQUEST_INVALID", "request", "http_request_error", { status: 400 }],
  ["UWB_ERR_REQUEST_INVALID", "request", "http_request_denied", { status: 403 }],
  ["UWB_ERR_REQUEST_INVALID", "request", "http_request_error", { status: 501 }],
  ["UWB_ERR_REQUEST_INVALID", "request", "proxy_internal_response", { status: 503 }],
  ["UWB_ERR_VARS_TOO_LARGE", "request", "http_request_error", { status: 431 }],
  ["UWB_ERR_SPOOL", "request", "proxy_internal_error", { status: 503 }],
  ["UWB_ERR_STATIC_FILE", "file", "proxy_internal_error", { status: 500 }],
  [undefined, "file", "http_request_error", { status: 404 }],
];

test.each(rows.map((row) => ({ row })))("$row", ({ row }) => {
  const [code, phase, error, { errno, status = 502 } = {}] = row;
  expect(proxyErrorOf({ code, phase, errno, status })).toBe(error);
});
