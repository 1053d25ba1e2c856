import type { EarlyHints, Environ } from "./types.ts";

/** Where the bytes of a request body go. */
export interface BodySink {
  /** Bytes the body has still to deliver; Infinity while that is not known. */
  readonly missing: number;
  receive(bytes: Buffer): void;
  /** A body whose length was not declared is complete. */
  finish(): void;
  /** The body breaks off. */
  fail(error: Error): void;
}

/**
 * A request, on a connection that carries no other, as an application gets it that does without `startResponse`: it writes its response to the connection itself, head included. This is
 * how a Node `(req, res)` application runs on the accepted socket, with nothing in between.
 */
export interface DirectRequest {
  readonly environ: Environ;
  /** The accepted `net.Socket`. Its reading side belongs to the worker until {@link takeOver}. */
  readonly socket: object;
  /** Bytes of the request body, Infinity when only its end will tell. */
  readonly bodyLength: number;
  /** The whole response was handed to the socket. */
  end(): void;
  /** The response can not be completed; the connection was, or is to be, cut. */
  abort(): void;
  /**
   * From now on the connection speaks another protocol, and the worker leaves it alone. Nothing is read until somebody listens. Returns
   * what the peer has sent already.
   */
  takeOver(): Buffer;
  /**
   * Send a `103 Early Hints`; absent when the peer does not understand it. Not after the response's own head, which the
   * worker does not see: that is the caller's to know.
   *
   * @throws `UsageError` as `startResponse` does for its headers.
   */
  readonly sendHints?: EarlyHints | undefined;
}

/** What the worker tells an application that took a {@link DirectRequest}. */
export interface DirectRun extends BodySink {
  /** The peer left before the response was complete. */
  peerLeft(): void;
  /** The worker is about to close the connection: see to it that a response that was not complete does not look so. */
  cut(): void;
}

/** Takes requests directly. */
export type DirectHandler = (request: DirectRequest) => DirectRun;

/** The key under which an application carries its {@link DirectHandler}, the same for all copies of this package. */
const DIRECT: unique symbol = Symbol.for("uwsgi_bridge.direct") as never;

/** Give an application a way to be run directly. Middleware that wraps it calls it as a gateway application. */
export function withDirectHandler<A extends object>(app: A, handler: DirectHandler): A {
  return Object.defineProperty(app, DIRECT, { value: handler });
}

/** How to run an application directly; `undefined`: it is to be called. */
export function directHandlerOf(app: object): DirectHandler | undefined {
  return (app as { readonly [DIRECT]?: DirectHandler })[DIRECT];
}
