import { Readable } from "node:stream";
import { MODIFIER1 } from "../codec/constants.ts";
import { packetText } from "../codec/packet-encoder.ts";
import type { HeaderPair, ResponseHead } from "../codec/response-head.ts";
import type { Vars } from "../codec/vars.ts";
import { UsageError } from "../errors.ts";
import { type Deadlined, Deadlines } from "../net/deadlines.ts";
import type { Target } from "../net/endpoint.ts";
import { Exchange, type ExchangeLimits } from "./exchange.ts";
import { headerVar } from "./header-var.ts";
import { parseOriginForm } from "./request-target.ts";

/** Options of {@link request}. */
export interface RequestOptions {
  /** @defaultValue `"GET"` */
  readonly method?: string;
  /** Path and query as a browser would send them. @defaultValue `"/"` */
  readonly path?: string;
  /** Request headers. `Host` defaults to `localhost`. */
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
 * @throws `UpstreamError` or `ProtocolError` when no valid head arrives, {@link UsageError} when the request can not be put in a
 *   packet. What goes wrong later destroys `body` with such an error.
 *
 * @example
 * const response = await request({ type: "unix", path: "/run/app.sock" }, { path: "/health" });
 * console.log(response.status, await response.body.toArray());
 */
export async function request(target: Target, options: RequestOptions = {}): Promise<UwsgiResponse> {
  const method = options.method ?? "GET";
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const packet = packetText({
    modifier1: options.modifier1 ?? MODIFIER1.request,
    modifier2: options.modifier2 ?? 0,
    vars: requestVars(method, options),
  });
  const deadlines = new Deadlines<Deadlined>(Math.min(...Object.values(limits)));
  return new Promise((resolve, reject) => {
    const body = new Readable({
      read: () => exchange.resume(),
      destroy: (error, callback) => {
        exchange.abort();
        deadlines.stop();
        callback(error);
      },
    });
    let hasHead = false;
    const exchange = new Exchange(
      target,
      { method, packet, body: options.body },
      {
        limits,
        deadlines,
        handler: {
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
          onError: (error) => {
            deadlines.stop();
            if (hasHead) body.destroy(error);
            else reject(error);
          },
        },
      },
    );
  });
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
  ]);
  if (options.body instanceof Uint8Array) vars.set("CONTENT_LENGTH", String(options.body.length));
  for (const [name, value] of options.headers ?? []) {
    const key = headerVar(name);
    if (key === undefined)
      throw new UsageError("UWB_ERR_REQUEST_INVALID", `the header ${name} has no uwsgi var`);
    vars.set(key, value);
  }
  for (const [key, value] of Object.entries(options.vars ?? {})) vars.set(key, value);
  return [...vars].filter((pair): pair is [string, string] => pair[1] !== undefined);
}
