import { formatEndpoint } from "../../net/endpoint.ts";
import type { UpstreamUse, Visit } from "../pipeline/visit.ts";
import { loggedUri } from "../refusal-log.ts";
import type { AccessRecord, UpstreamRecord } from "./access-record.ts";
import { traceIdOf } from "./traceparent.ts";

/** The client left before it got a response. nginx has made the number known. */
const CLIENT_LEFT = 499;

/** What is logged of a request that is over. Few formats have all of it: what takes work is worked out when it is asked for. */
export function recordOf(visit: Visit, keepsQuery: boolean): AccessRecord {
  return new VisitRecord(visit, keepsQuery);
}

class VisitRecord implements AccessRecord {
  readonly atMs: number = Date.now();
  readonly host: string;
  readonly referer: string;
  readonly userAgent: string;
  readonly status: number;
  readonly bodyBytes: number;
  readonly bytes: number;
  readonly isComplete: boolean;
  readonly #visit: Visit;
  readonly #keepsQuery: boolean;
  readonly #traceparent: string;

  constructor(visit: Visit, keepsQuery: boolean) {
    const { incoming, response } = visit;
    const { socket } = incoming;
    const fields = loggedFields(incoming.rawHeaders);
    const isComplete = response.writableFinished || response.statusCode === 101;
    // What waits behind a whole response is on its way; behind one that was broken off it never leaves.
    const bytes = socket.bytesWritten - visit.bytesBefore - (isComplete ? 0 : socket.writableLength);
    const { status, headBytes } = responseFacts(visit);
    this.#visit = visit;
    this.#keepsQuery = keepsQuery;
    this.#traceparent = fields.traceparent;
    this.host = fields.host;
    this.referer = keepsQuery ? fields.referer : loggedUri(fields.referer, false);
    this.userAgent = fields.userAgent;
    this.status = status;
    this.bodyBytes = Math.max(0, bytes - headBytes);
    this.bytes = Math.max(0, bytes);
    this.isComplete = isComplete;
  }

  get remoteAddress(): string {
    return this.#visit.client.remoteAddress;
  }

  get remotePort(): string {
    return this.#visit.client.remotePort;
  }

  get scheme(): string {
    return this.#visit.client.scheme;
  }

  get method(): string {
    return this.#visit.incoming.method ?? "";
  }

  get target(): string {
    return loggedUri(this.#visit.incoming.url, this.#keepsQuery);
  }

  get protocol(): string {
    return `HTTP/${this.#visit.incoming.httpVersion}`;
  }

  get durationMs(): number {
    return performance.now() - this.#visit.startedMs;
  }

  get requestId(): string {
    return this.#visit.id;
  }

  get traceId(): string {
    return this.#visit.traceId ?? traceIdOf(this.#traceparent);
  }

  get code(): string {
    return this.#visit.failure?.code ?? "";
  }

  get upstream(): UpstreamRecord | undefined {
    const use = this.#visit.carrier?.use;
    return use && upstreamRecord(use);
  }
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
