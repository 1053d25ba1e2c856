import { type IncomingMessage, ServerResponse } from "node:http";
import { PERSISTENCE } from "../../codec/persistence.ts";
import { UsageError } from "../../errors.ts";
import { HOP_BY_HOP } from "../../gateway/hop-by-hop.ts";
import type { HeaderPair } from "../../gateway/types.ts";
import { unbufferedEvents } from "./event-stream.ts";

/** The parts of a response that decide how Node frames it. */
interface Framing {
  useChunkedEncodingByDefault: boolean;
  shouldKeepAlive: boolean;
  _removedConnection: boolean;
  _removedTE: boolean;
}

/** The key under which a response carries what runs it. */
export const RUN: unique symbol = Symbol("run");
/** The key under which a response carries its {@link Peer}. */
const PEER: unique symbol = Symbol("peer");
/** The key under which a response carries what its socket had written before it. */
const BEGAN_AT: unique symbol = Symbol("beganAt");

/** What the peer of a response takes beyond the plain protocol. */
export interface Peer {
  /** How early hints leave; without it they are dropped, because most fronts would take them for the response. */
  readonly sendHints?: SendHints | undefined;
  /** The field by which the connection is kept; without it the end of the connection ends the body. */
  readonly acceptance?: HeaderPair | undefined;
}

/** A response, and who is to be told that it is over. */
export interface AdaptedResponse extends ServerResponse {
  [RUN]?: { drained(): void; finished(): void };
  [PEER]?: Peer;
  [BEGAN_AT]?: number;
}

/** Sends early hints to the client. */
type SendHints = (headers: HeaderPair[]) => void;
type WriteHead = (this: AdaptedResponse, status: number, ...rest: unknown[]) => ServerResponse;

const SWITCHING_PROTOCOLS = 101;

/**
 * Make a `ServerResponse` that writes what the uwsgi protocol wants to see: a head without fields of the connection, and a body
 * without any framing.
 *
 * What is changed are properties of the object itself, because Express replaces its prototype.
 */
export function createOutgoing(request: IncomingMessage, peer: Peer): AdaptedResponse {
  return adaptOutgoing(new ServerResponse(request), peer);
}

/** The same for a response that exists already. */
export function adaptOutgoing(response: AdaptedResponse, peer: Peer): AdaptedResponse {
  const { sendHints } = peer;
  response[PEER] = peer;
  applyFraming(response, false);
  response.writeHead = writeHead as ServerResponse["writeHead"];
  response.addTrailers = nothing;
  response.writeContinue = ignore;
  response.writeProcessing = ignore;
  response.writeEarlyHints = sendHints
    ? (hints, callback) => writeHints(sendHints, hints, callback)
    : dropHints;
  return response;
}

/**
 * The head said that the connection is kept, and the body is as long as it said. An application that ends its response too early would
 * otherwise leave the peer waiting for the rest.
 */
export function wasKept(response: AdaptedResponse): boolean {
  if (!response.hasHeader(PERSISTENCE.header)) return false;
  const { _header: head = "", _hasBody: hasBody } = response as unknown as {
    _header?: string;
    _hasBody: boolean;
  };
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? [];
  if (!hasBody || length === undefined) return true;
  const sent = (response.socket?.bytesWritten ?? 0) - (response[BEGAN_AT] ?? 0);
  return sent === head.length + Number(length);
}

const writeHead: WriteHead = function writeHead(status, ...rest) {
  if (status === SWITCHING_PROTOCOLS) return original.call(this, status, ...rest);
  if (status < 200) throw new UsageError("UWB_ERR_STATUS", `1xx is not a final status, got ${status}`);
  for (const name of this.getHeaderNames()) {
    if (HOP_BY_HOP.has(name)) this.removeHeader(name);
  }
  const [first, second] = rest;
  const given = withoutHopByHop(typeof first === "string" ? second : (second ?? first));
  const headers = unbufferedEvents(this, given);
  const accept = this[PEER]?.acceptance;
  if (accept) {
    this.setHeader(...accept);
    this[BEGAN_AT] = this.socket?.bytesWritten ?? 0;
  }
  applyFraming(this, accept !== undefined);
  return typeof first === "string"
    ? original.call(this, status, first, headers)
    : original.call(this, status, headers);
};

const original = ServerResponse.prototype.writeHead as WriteHead;

/**
 * A length that Node knows is written; a body without one is chunked where the connection is kept, and nothing else. A header that the
 * application set, `Connection` say, has changed these.
 */
function applyFraming(response: ServerResponse, mayChunk: boolean): void {
  const framing = response as unknown as Framing;
  framing.useChunkedEncodingByDefault = true;
  framing.shouldKeepAlive = false;
  framing._removedConnection = true;
  framing._removedTE = !mayChunk;
}

/** The headers argument of `writeHead` in any of its forms: an object, a flat array, an array of pairs. */
function withoutHopByHop(headers: unknown): unknown {
  if (headers === undefined || headers === null) return undefined;
  if (!Array.isArray(headers)) {
    const entries = Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));
    return Object.fromEntries(entries);
  }
  if (Array.isArray(headers[0]))
    return headers.filter(([name]) => !HOP_BY_HOP.has(String(name).toLowerCase()));
  return headers.filter((_, index) => !HOP_BY_HOP.has(String(headers[index - (index % 2)]).toLowerCase()));
}

function writeHints(
  sendHints: SendHints,
  hints: Record<string, string | string[]>,
  callback: (() => void) | undefined,
): void {
  const headers: HeaderPair[] = [];
  for (const [name, value] of Object.entries(hints)) {
    for (const each of Array.isArray(value) ? value : [value]) headers.push([name, each]);
  }
  sendHints(headers);
  callback?.();
}

function dropHints(_hints: Record<string, string | string[]>, callback?: () => void): void {
  callback?.();
}

function ignore(callback?: () => void): void {
  callback?.();
}

function nothing(): void {}
