import type { AccessRecord, UpstreamRecord } from "./access-record.ts";
import { escapeJson } from "./log-escape.ts";
import type { LogTime } from "./log-time.ts";
import { millis } from "./log-variables.ts";

/** A line of JSON. What is empty or did not come is left out. */
export function jsonLine(record: AccessRecord, time: LogTime): string {
  const { status, bodyBytes, bytes, durationMs, upstream, isComplete } = record;
  return (
    `{"time":"${time.iso(record.atMs)}"${text("remoteAddress", record.remoteAddress)}` +
    `${text("method", record.method)}${text("target", record.target)}${text("protocol", record.protocol)}` +
    `${text("host", record.host)},"status":${status},"bodyBytes":${bodyBytes},"bytes":${bytes}` +
    `${isComplete ? "" : ',"complete":false'},"durationMs":${millis(durationMs)}` +
    `${text("requestId", record.requestId)}${text("traceId", record.traceId)}` +
    `${text("referer", record.referer)}${text("userAgent", record.userAgent)}${text("code", record.code)}` +
    `${upstream ? upstreamFields(upstream) : ""}}`
  );
}

function upstreamFields({
  address,
  attempts,
  queueMs,
  connectMs,
  headerMs,
  responseMs,
}: UpstreamRecord): string {
  return (
    `${text("upstream", address)},"attempts":${attempts}${time("queueMs", queueMs)}` +
    `${time("connectMs", connectMs)}${time("headerMs", headerMs)}${time("responseMs", responseMs)}`
  );
}

function text(name: string, value: string): string {
  return value === "" ? "" : `,"${name}":"${escapeJson(value)}"`;
}

function time(name: string, ms: number): string {
  return Number.isNaN(ms) ? "" : `,"${name}":${millis(ms)}`;
}
