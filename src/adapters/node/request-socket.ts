import type { ServerResponse } from "node:http";
import { Socket } from "node:net";
import { RESET_DELAY_MS } from "../../gateway/reset-delay.ts";
import type { Environ } from "../../gateway/types.ts";
import { AppTimeout, announceTimeout } from "./app-timeout.ts";
import { CLIENT_FACTS, clientName, type Described, type SocketName, serverName } from "./client-facts.ts";

/** An accepted socket that answers questions about the connection as if the client were at its other end. */
export interface RequestSocket extends Socket, Described {
  /** The response that is being written to it. */
  _httpMessage?: ServerResponse | null;
  [CAN_BREAK]: boolean;
  [TIMEOUT]?: AppTimeout;
}

/** A response on it would look whole when it breaks off in an orderly way. */
const CAN_BREAK: unique symbol = Symbol("canBreak");
const TIMEOUT: unique symbol = Symbol("timeout");

/** Errors of the connection itself: there is nobody left to show anything to. */
const CONNECTION_ERRORS = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "ENOTCONN", "ECONNABORTED"]);

/** What the address getters of Node's sockets ask. */
interface Named {
  _getpeername?(): Partial<SocketName>;
  _getsockname?(): Partial<SocketName>;
}

const getPeerName = (Socket.prototype as Named)._getpeername;
/** Two methods answer all questions for addresses, as in all versions that are known. */
const namesAreMethods = asksForNames();

/**
 * Let a socket speak for the client of a request.
 *
 * Nothing here makes the engine slow: another prototype doubled the cost of a request, and six getters added a fifth.
 */
export function asRequestSocket(socket: Socket, environ: Environ): RequestSocket {
  const adapted = socket as RequestSocket & Named;
  adapted.environ = environ;
  adapted[CAN_BREAK] = true;
  adapted.destroy = destroy;
  adapted.setTimeout = setAppTimeout;
  if (namesAreMethods) {
    adapted._getpeername = peerName;
    adapted._getsockname = sockName;
    const isEncrypted = environ["wsgi.url_scheme"] === "https";
    // A kept connection carries requests of both kinds.
    if (isEncrypted || "encrypted" in adapted)
      Object.assign(adapted, { encrypted: isEncrypted || undefined });
  } else {
    Object.defineProperties(adapted, CLIENT_FACTS);
  }
  return adapted;
}

function peerName(this: Described): SocketName {
  return clientName(this.environ);
}

function sockName(this: Described): SocketName {
  return serverName(this.environ);
}

function asksForNames(): boolean {
  const name = { address: "address", port: 1, family: "family" };
  const probe = Object.assign(new Socket(), { _getpeername: () => name, _getsockname: () => name });
  const { remoteAddress, remotePort, remoteFamily, localAddress, localPort } = probe;
  const answers = [remoteAddress, remotePort, remoteFamily, localAddress, localPort];
  return answers.join() === "address,1,family,address,1";
}

/** The client has left, or the response is over: destroying the socket is nothing but that. */
export function letGo(socket: RequestSocket): void {
  socket[CAN_BREAK] = false;
  socket[TIMEOUT]?.clear();
  // The next request on this connection may be somebody else's.
  if (socket.listenerCount("timeout") > 0) socket.removeAllListeners("timeout");
}

/** Reset the connection if an orderly end would make half a body look whole. */
export function breakOff(socket: RequestSocket): void {
  if (!socket[CAN_BREAK] || !couldLookWhole(socket._httpMessage) || !isTcp(socket)) return;
  letGo(socket);
  socket.resetAndDestroy();
}

/**
 * An application that destroys its response breaks it off. Where only the end of the connection tells that a body is complete, an orderly end
 * would make half a body look whole: such a connection is reset.
 *
 * @param error - Null from Node's own requests, when they are destroyed in the middle of their body.
 */
function destroy(this: RequestSocket, error?: NodeJS.ErrnoException | null): RequestSocket {
  if (!CONNECTION_ERRORS.has(error?.code ?? "")) {
    if (this[CAN_BREAK] && couldLookWhole(this._httpMessage) && isTcp(this)) {
      this[CAN_BREAK] = false;
      setTimeout(() => this.resetAndDestroy(), RESET_DELAY_MS);
      return this;
    }
  }
  letGo(this);
  return Socket.prototype.destroy.call(this, error ?? undefined) as RequestSocket;
}

/** Whether what was sent of an unfinished response could be taken for the whole. */
function couldLookWhole(response: ServerResponse | null | undefined): boolean {
  if (!response?.headersSent || response.writableFinished) return false;
  const { _header: head, _hasBody: hasBody } = response as unknown as { _header?: string; _hasBody: boolean };
  return hasBody && head !== undefined && !/\r\ncontent-length:/i.test(head);
}

function isTcp(socket: Socket): boolean {
  if (!namesAreMethods || !getPeerName)
    return Reflect.get(Socket.prototype, "remoteFamily", socket) !== undefined;
  return getPeerName.call(socket).family !== undefined;
}

/** The worker has a timer of its own on the socket, which an application must not turn off. */
function setAppTimeout(this: RequestSocket, limitMs: number, callback?: () => void): RequestSocket {
  // As in Node's sockets: nobody would clear the timer.
  if (this.destroyed) return this;
  this[TIMEOUT] ??= new AppTimeout(this, () => announceTimeout(this));
  this[TIMEOUT].set(limitMs);
  if (callback) this.once("timeout", callback);
  return this;
}
