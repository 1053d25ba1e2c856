import { Readable } from "node:stream";
import { MODIFIER1 } from "../codec/constants.ts";
import { packetText } from "../codec/packet-encoder.ts";
import type { HeaderPair, ResponseHead } from "../codec/response-head.ts";
import type { Vars } from "../codec/vars.ts";
import { UpstreamError, UsageError, type UwsgiBridgeError } from "../errors.ts";
import { type Deadlined, Deadlines } from "../net/deadlines.ts";
import { formatEndpoint, type Target } from "../net/endpoint.ts";
import { Exchange, type ExchangeHandler, type ExchangeRequest } from "./exchange.ts";
import type { ExchangeLimits } from "./exchange-limits.ts";
import { headerVar } from "./header-var.ts";
import { parseOriginForm } from "./request-target.ts";

/** Options of {@link request}. */
export interface RequestOptions {
  /** @defaultValue `"GET"` */
  readonly method?: string;
  /** Path and query as a browser would send them. @defaultValue `"/"` */
  readonly path?: string;
  /** Request headers; one that is given several times is joined. `Host` defaults to `localhost`. */
  readonly headers?: readonly HeaderPair[];
  /** Vars that replace or extend the ones made from the other options. A value of `undefined` removes the var. */
  readonly vars?: Readonly<Record<string, string | undefined>>;
  /** The body. A stream needs a `Content-Length` header, because the protocol has no other way to end it. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array>;
  /** @defaultValue 0 */
  readonly modifier1?: number;
  /** @defaultValue 0 */
  readonly modifier2?: number;
  /** @defaultValue 3000 to connect, 60 000 to read and to send */
  readonly limits?: Partial<ExchangeLimits>;
  /** Give up when the response is not complete by then. @defaultValue no limit but the {@link limits} */
  readonly timeoutMs?: number;
}

/** A response whose head has arrived. */
export interface UwsgiResponse extends ResponseHead {
  /** The body, with every framing taken off. Destroy it to give up. */
  readonly body: Readable;
}

const DEFAULT_LIMITS: ExchangeLimits = {
  connectTimeoutMs: 3000,
  readTimeoutMs: 60_000,
  sendTimeoutMs: 60_000,
};

/**
 * Send one request to a uwsgi server, and resolve with its response as soon as the head is there.
 *
 * @throws `UpstreamError` or `ProtocolError` when no valid head arrives, {@link UsageError} when the request
 *   can not be put in a packet. What goes wrong later destroys `body` with such an error.
 *
 * @example
 * const response = await request({ type: "unix", path: "/run/app.sock" }, { path: "/health" });
 * console.log(response.status, await response.body.toArray());
 */
export async function request(target: Target, options: RequestOptions = {}): Promise<UwsgiResponse> {
  const method = options.method ?? "GET";
  const packet = packetText({
    modifier1: options.modifier1 ?? MODIFIER1.request,
    modifier2: options.modifier2 ?? 0,
    vars: requestVars(method, options),
  });
  return exchangeOnce(target, { method, packet, body: options.body }, options);
}

function exchangeOnce(
  target: Target,
  sent: ExchangeRequest,
  options: RequestOptions,
): Promise<UwsgiResponse> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const timeoutMs = options.timeoutMs ?? Number.POSITIVE_INFINITY;
  const deadlines = new Deadlines<Deadlined>(Math.min(...Object.values(limits), timeoutMs));
  return new Promise((resolve, reject) => {
    let hasHead = false;
    const fail = (error: UwsgiBridgeError): void => {
      if (!hasHead) reject(error);
      body.destroy(hasHead ? error : undefined);
    };
    const onDeadline = (): void => fail(tooLate(target, timeoutMs));
    deadlines.watch({ deadline: deadlines.now + timeoutMs, slot: -1, onDeadline });
    const handler: ExchangeHandler = {
      onInterim: () => undefined,
      onHead: (head) => {
        hasHead = true;
        resolve({ ...head, body });
      },
      onData: (block) => body.push(block),
      onPause: () => undefined,
      onEnd: () => {
        deadlines.stop();
        body.push(null);
      },
      onError: fail,
    };
    const exchange = new Exchange(target, sent, { limits, deadlines, handler });
    const body = new Readable({
      read: () => exchange.resume(),
      destroy: (error, callback) => {
        exchange.abort();
        deadlines.stop();
        callback(error);
      },
    });
  });
}

function tooLate(target: Target, timeoutMs: number): UpstreamError {
  const message = `${formatEndpoint(target)} did not finish its answer within ${timeoutMs} ms`;
  return new UpstreamError("UWB_ERR_UPSTREAM_READ_TIMEOUT", message, 504);
}

/** The vars a front would send for such a request from this machine. */
export function requestVars(method: string, options: RequestOptions): Vars {
  const target = options.path ?? "/";
  const parts = parseOriginForm(target);
  if (!parts)
    throw new UsageError("UWB_ERR_REQUEST_INVALID", `${JSON.stringify(target)} has a bad percent escape`);
  const vars = new Map<string, string | undefined>([
    ["REQUEST_METHOD", method],
    ["REQUEST_URI", target],
    ["PATH_INFO", parts.pathInfo],
    ["QUERY_STRING", parts.queryString],
    ["SERVER_PROTOCOL", "HTTP/1.1"],
    ["SERVER_NAME", "localhost"],
    ["SERVER_PORT", "80"],
    ["REQUEST_SCHEME", "http"],
    ["REMOTE_ADDR", "127.0.0.1"],
    ["HTTP_HOST", "localhost"],
    ["HTTP_CONNECTION", "close"],
  ]);
  if (options.body instanceof Uint8Array) vars.set("CONTENT_LENGTH", String(options.body.length));
  for (const [key, value] of headerVars(options.headers ?? [])) vars.set(key, value);
  for (const [key, value] of Object.entries(options.vars ?? {})) vars.set(key, value);
  return [...vars].filter((pair): pair is [string, string] => pair[1] !== undefined);
}

/** A header that is given several times becomes one var, as in nginx. */
function headerVars(headers: readonly HeaderPair[]): Map<string, string> {
  const vars = new Map<string, string>();
  for (const [name, value] of headers) {
    const key = headerVar(name);
    if (key === undefined)
      throw new UsageError("UWB_ERR_REQUEST_INVALID", `the header ${name} has no uwsgi var`);
    const earlier = vars.get(key);
    const separator = key === "HTTP_COOKIE" ? "; " : ", ";
    vars.set(key, earlier === undefined ? value : `${earlier}${separator}${value}`);
  }
  return vars;
}
