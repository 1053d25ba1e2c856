import { type IncomingMessage, ServerResponse } from "node:http";
import type { HeaderPair } from "../../codec/response-head.ts";

/** A response whose body is known when its head is written. */
export interface WholeResponse {
  readonly status: number;
  readonly reason: string;
  /** Content-Length included, nothing about the connection. */
  readonly headers: readonly HeaderPair[];
  /** A character per byte. */
  readonly body: string;
}

/** What `ServerResponse` knows of itself and does not show. */
interface Internals {
  _header: string | null;
  _headerSent: boolean;
  readonly _keepAliveTimeout: number;
  readonly _maxRequestsPerSocket: number;
  readonly maxRequestsOnConnectionReached: boolean;
  readonly outputData: readonly unknown[];
}

/** The response of a front's own HTTP server. */
export class FrontResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  /**
   * Write a whole response in one piece. `ServerResponse.end` hands the socket two, the second one empty, which costs the system call of a
   * gathered write and a fifth of what a short response costs altogether.
   *
   * The bytes are those that `writeHead` and `end` would send.
   *
   * @returns False: nothing was written, because this is no plain response on a connection that stays.
   */
  sendWhole({ status, reason, headers, body }: WholeResponse): boolean {
    const { socket } = this;
    const inner = this as unknown as Internals;
    if (!isKnownNode || !this.shouldKeepAlive || inner.maxRequestsOnConnectionReached) return false;
    if (this.req.httpVersion !== "1.1" || this.req.method === "HEAD") return false;
    if (inner._header !== null || inner.outputData.length > 0) return false;
    if (!socket?.writable || socket.writableCorked > 0) return false;
    let head = `HTTP/1.1 ${status} ${reason}\r\n`;
    let hasDate = false;
    for (const [name, value] of headers) {
      head += `${name}: ${value}\r\n`;
      hasDate ||= name.length === 4 && name.toLowerCase() === "date";
    }
    if (!hasDate) head += `Date: ${dateText()}\r\n`;
    head += keepAliveFields(inner);
    this.statusCode = status;
    inner._header = head;
    inner._headerSent = true;
    socket.write(head + body, "latin1");
    this.end();
    return true;
  }
}

/** The names in {@link Internals} mean what they did when this was written. */
const isKnownNode: boolean = isKnown();

function isKnown(): boolean {
  const request = { method: "GET", httpVersionMajor: 1, httpVersionMinor: 1, headers: {} };
  const fresh = new ServerResponse(request as IncomingMessage) as unknown as Partial<Internals>;
  const { _header, _headerSent, maxRequestsOnConnectionReached, outputData } = fresh;
  const isFresh = _header === null && _headerSent === false && maxRequestsOnConnectionReached === false;
  return isFresh && Array.isArray(outputData);
}

let dateSecond = 0;
let dateValue = "";

function dateText(): string {
  const second = Math.floor(Date.now() / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateValue = new Date(second * 1000).toUTCString();
  }
  return dateValue;
}

let keptTimeout = 0;
let keptMax = 0;
let kept = "";

/** The fields about a connection that stays, and the empty line behind them. All responses of a front have the same. */
function keepAliveFields({ _keepAliveTimeout: timeout, _maxRequestsPerSocket: max }: Internals): string {
  if (kept === "" || timeout !== keptTimeout || max !== keptMax) {
    keptTimeout = timeout;
    keptMax = max;
    const most = max > 0 ? `, max=${max}` : "";
    const seconds = timeout > 0 ? `Keep-Alive: timeout=${Math.floor(timeout / 1000)}${most}\r\n` : "";
    kept = `Connection: keep-alive\r\n${seconds}\r\n`;
  }
  return kept;
}
