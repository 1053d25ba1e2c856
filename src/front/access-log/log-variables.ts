import type { AccessRecord } from "./access-record.ts";
import { escapeText } from "./log-escape.ts";
import type { LogTime } from "./log-time.ts";

/** Writes one value of a line. */
export type LogVariable = (record: AccessRecord, time: LogTime) => string;

/** The log names no user: who it is stands in a field that is never logged, or is the application's secret. */
const NOBODY = "-";

/** What a template may name, each also as `${name}`. Where nginx has the same, it has the same name. */
export const LOG_VARIABLES: Readonly<Record<string, LogVariable>> = {
  time_iso8601: ({ atMs }, time) => time.iso(atMs),
  time_local: ({ atMs }, time) => time.common(atMs),
  msec: ({ atMs }) => (atMs / 1000).toFixed(3),
  remote_addr: ({ remoteAddress }) => given(remoteAddress),
  remote_port: ({ remotePort }) => given(remotePort),
  remote_user: () => NOBODY,
  scheme: ({ scheme }) => scheme,
  request: ({ method, target, protocol }) =>
    method === "" ? "" : `${escapeText(method)} ${escapeText(target)} ${protocol}`,
  request_method: ({ method }) => given(method),
  request_uri: ({ target }) => given(target),
  uri: ({ target }) => given(beforeQuery(target)),
  args: ({ target }) => given(target.slice(beforeQuery(target).length + 1)),
  server_protocol: ({ protocol }) => given(protocol),
  host: ({ host }) => given(host),
  status: ({ status }) => String(status),
  body_bytes_sent: ({ bodyBytes }) => String(bodyBytes),
  bytes_sent: ({ bytes }) => String(bytes),
  request_time: ({ durationMs }) => seconds(durationMs),
  duration_ms: ({ durationMs }) => millis(durationMs),
  request_completion: ({ isComplete }) => (isComplete ? "OK" : "-"),
  http_referer: ({ referer }) => given(referer),
  http_user_agent: ({ userAgent }) => given(userAgent),
  request_id: ({ requestId }) => given(requestId),
  trace_id: ({ traceId }) => given(traceId),
  error: ({ code }) => given(code),
  upstream_addr: ({ upstream }) => given(upstream?.address ?? ""),
  upstream_attempts: ({ upstream }) => String(upstream?.attempts ?? 0),
  upstream_queue_time: ({ upstream }) => seconds(upstream?.queueMs),
  upstream_connect_time: ({ upstream }) => seconds(upstream?.connectMs),
  upstream_header_time: ({ upstream }) => seconds(upstream?.headerMs),
  upstream_response_time: ({ upstream }) => seconds(upstream?.responseMs),
};

/** Milliseconds to the microsecond. Put together from whole numbers, which are written much faster than fractions. */
export function millis(ms: number): string {
  const micros = Math.round(ms * 1000);
  const whole = Math.trunc(micros / 1000);
  const rest = micros - whole * 1000;
  return rest === 0 ? `${whole}` : `${whole}.${rest < 10 ? "00" : rest < 100 ? "0" : ""}${rest}`;
}

function seconds(ms: number | undefined): string {
  return ms === undefined || Number.isNaN(ms) ? "-" : (ms / 1000).toFixed(3);
}

function given(text: string): string {
  return text === "" ? "-" : escapeText(text);
}

function beforeQuery(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}
