import { type IncomingMessage, ServerResponse } from "node:http";
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
const PEER: unique symbol = Symbol("peer");

/** What the peer of a response takes beyond the plain protocol. */
export interface Peer {
  /** How early hints leave; without it they are dropped, because most fronts would take them for the response. */
  readonly sendHints?: SendHints | undefined;
}

/** A response, and who is to be told that it is over. */
export interface AdaptedResponse extends ServerResponse {
  [RUN]?: { drained(): void; finished(): void };
  [PEER]?: Peer;
}

/** Sends early hints to the client. */
type SendHints = (headers: HeaderPair[]) => void;
type WriteHead = (this: AdaptedResponse, status: number, ...rest: unknown[]) => ServerResponse;

const SWITCHING_PROTOCOLS = 101;

/**
 * Make a `ServerResponse` that writes what the uwsgi protocol wants to see: a head without fields of the connection, and a body
 * without any framing.
 *
 * What is changed are properties of the object itself, because Express replaces its prototype. Each function is the same for all responses:
 * one made for each would keep what belongs to its request in memory until a full collection.
 */
export function createOutgoing(request: IncomingMessage, peer: Peer): AdaptedResponse {
  return adaptOutgoing(new ServerResponse(request), peer);
}

/** The same for a response that exists already. */
export function adaptOutgoing(response: AdaptedResponse, peer: Peer): AdaptedResponse {
  applyFraming(response);
  response.writeHead = writeHead as ServerResponse["writeHead"];
  response.addTrailers = nothing;
  response.writeContinue = ignore;
  response.writeProcessing = ignore;
  response[PEER] = peer;
  response.writeEarlyHints = writeEarlyHints;
  return response;
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
  applyFraming(this);
  return typeof first === "string"
    ? original.call(this, status, first, headers)
    : original.call(this, status, headers);
};

const original = ServerResponse.prototype.writeHead as WriteHead;

/** A length that Node knows is written, and nothing else. A header that the application set, `Connection` say, has changed these. */
function applyFraming(response: ServerResponse): void {
  const framing = response as unknown as Framing;
  framing.useChunkedEncodingByDefault = true;
  framing.shouldKeepAlive = false;
  framing._removedConnection = true;
  framing._removedTE = true;
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

function writeEarlyHints(
  this: AdaptedResponse,
  hints: Record<string, string | string[]>,
  callback?: () => void,
): void {
  // Behind the head they would stand in the body.
  if (!this.headersSent) this[PEER]?.sendHints?.(pairsOf(hints));
  callback?.();
}

function pairsOf(hints: Record<string, string | string[]>): HeaderPair[] {
  const headers: HeaderPair[] = [];
  for (const [name, value] of Object.entries(hints)) {
    for (const each of Array.isArray(value) ? value : [value]) headers.push([name, each]);
  }
  return headers;
}

function ignore(callback?: () => void): void {
  callback?.();
}

function nothing(): void {}
