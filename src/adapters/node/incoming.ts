import { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Environ } from "../../gateway/types.ts";
import { rawHeadersOf } from "./request-headers.ts";
import { nodeTarget } from "./request-target.ts";

/** A request as Node applications know it, with what Express adds for a mounted application. */
export interface Incoming extends IncomingMessage {
  originalUrl?: string;
  baseUrl?: string;
  /** The environ it was made from. */
  environ: Environ;
  /** Let the rest of the body flow, to be dropped. */
  _dump(): void;
  readonly _dumped: boolean;
  /** The application has begun to read the body. */
  readonly _consuming: boolean;
}

/** What Node's parser calls to fill in the header fields. */
interface HeaderLines {
  _addHeaderLines?(raw: string[], count: number): void;
}

/** What a version stands for that can not be read. */
const USUAL: readonly string[] = ["", "1", "1"];
const VERSION = /^HTTP\/([0-9])(?:\.([0-9]))?$/;

/**
 * Make an `IncomingMessage` from an environ: without a body yet, which is pushed into it.
 *
 * @throws `ProtocolError` as {@link rawHeadersOf} does.
 */
export function createIncoming(environ: Environ, socket: Socket, mount: "strip" | "keep"): Incoming {
  const request = new IncomingMessage(socket) as Incoming & HeaderLines;
  const raw = rawHeadersOf(environ);
  setVersion(request, environ.SERVER_PROTOCOL);
  request.method = environ.REQUEST_METHOD;
  // Node's own way keeps the headers as they are until somebody looks at them.
  if (request._addHeaderLines) request._addHeaderLines(raw, raw.length);
  else setHeaders(request, raw);
  const { url, originalUrl, baseUrl } = nodeTarget(environ, mount);
  request.url = url;
  if (baseUrl !== "") Object.assign(request, { originalUrl, baseUrl });
  request.environ = environ;
  return request;
}

function setVersion(request: IncomingMessage, protocol: string): void {
  const isUsual = protocol === "HTTP/1.1";
  const [, major = "1", minor = "0"] = isUsual ? USUAL : (VERSION.exec(protocol) ?? USUAL);
  request.httpVersionMajor = Number(major);
  request.httpVersionMinor = Number(minor);
  request.httpVersion = isUsual ? "1.1" : `${major}.${minor}`;
}

/** For a Node that has renamed its internals: the same fields through the public properties. */
function setHeaders(request: IncomingMessage, raw: string[]): void {
  const headers: Record<string, string> = {};
  const distinct: Record<string, string[]> = {};
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] as string).toLowerCase();
    const value = raw[index + 1] as string;
    headers[name] = value;
    distinct[name] = [value];
  }
  Object.assign(request, { rawHeaders: raw, headers, headersDistinct: distinct });
}
