import { formatEndpoint } from "../../net/endpoint.ts";
import type { UpstreamUse, Visit } from "../pipeline/visit.ts";
import { loggedUri } from "../refusal-log.ts";
import type { AccessRecord, UpstreamRecord } from "./access-record.ts";
import { traceIdOf } from "./traceparent.ts";

/** The client left before it got a response. nginx has made the number known. */
const CLIENT_LEFT = 499;

/** What is logged of a request that is over. */
export function recordOf(visit: Visit, keepsQuery: boolean): AccessRecord {
  const { incoming, response, client, startedMs, failure, carrier } = visit;
  const fields = loggedFields(incoming.rawHeaders);
  const { socket } = incoming;
  const isComplete = response.writableFinished || response.statusCode === 101;
  // What waits behind a whole response is on its way; behind one that was broken off it never leaves.
  const bytes = socket.bytesWritten - visit.bytesBefore - (isComplete ? 0 : socket.writableLength);
  const { status, headBytes } = responseFacts(visit);
  return {
    atMs: Date.now(),
    remoteAddress: client.remoteAddress,
    remotePort: client.remotePort,
    scheme: client.scheme,
    method: incoming.method ?? "",
    target: loggedUri(incoming.url, keepsQuery),
    protocol: `HTTP/${incoming.httpVersion}`,
    host: fields.host,
    referer: keepsQuery ? fields.referer : loggedUri(fields.referer, false),
    userAgent: fields.userAgent,
    status,
    bodyBytes: Math.max(0, bytes - headBytes),
    bytes: Math.max(0, bytes),
    isComplete,
    durationMs: performance.now() - startedMs,
    requestId: visit.id,
    traceId: visit.traceId ?? traceIdOf(fields.traceparent),
    code: failure?.code ?? "",
    upstream: carrier?.use && upstreamRecord(carrier.use),
  };
}

function responseFacts({ response }: Visit): { readonly status: number; readonly headBytes: number } {
  const { statusCode, headersSent } = response;
  if (statusCode === 101) return { status: 101, headBytes: Number.POSITIVE_INFINITY };
  if (!headersSent) return { status: CLIENT_LEFT, headBytes: 0 };
  // The head as Node has written it. There is no public way to ask for its length.
  const head: unknown = Reflect.get(response, "_header");
  return { status: statusCode, headBytes: typeof head === "string" ? head.length : 0 };
}

interface LoggedFields {
  host: string;
  referer: string;
  userAgent: string;
  traceparent: string;
}

function loggedFields(rawHeaders: readonly string[]): LoggedFields {
  const fields: LoggedFields = { host: "", referer: "", userAgent: "", traceparent: "" };
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const key = keyOf(rawHeaders[index] as string);
    if (key !== undefined && fields[key] === "") fields[key] = rawHeaders[index + 1] as string;
  }
  return fields;
}

/** The length of a name tells most of them apart. */
function keyOf(name: string): keyof LoggedFields | undefined {
  switch (name.length) {
    case 4:
      return name.toLowerCase() === "host" ? "host" : undefined;
    case 7:
      return name.toLowerCase() === "referer" ? "referer" : undefined;
    case 10:
      return name.toLowerCase() === "user-agent" ? "userAgent" : undefined;
    case 11:
      return name.toLowerCase() === "traceparent" ? "traceparent" : undefined;
    default:
      return undefined;
  }
}

function upstreamRecord({ target, vars, attempts, progress }: UpstreamUse): UpstreamRecord {
  const { startedAt, connectingAt, readyAt, firstByteAt, endedAt } = progress;
  return {
    address: formatEndpoint(target),
    attempts,
    vars,
    queueMs: (connectingAt || readyAt) - startedAt,
    connectMs: readyAt - connectingAt,
    headerMs: firstByteAt - readyAt,
    responseMs: endedAt - readyAt,
  };
}
