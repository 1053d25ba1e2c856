import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import type { Duplex } from "node:stream";
import { logAcceptErrors } from "../net/accept-errors.ts";
import type { FrontSettings } from "./options.ts";
import { FrontResponse } from "./response/front-response.ts";

/** How long idle connections are kept on the way out: a client may have sent a request that has not arrived yet. */
const IDLE_GRACE_MS = 1500;
/** How often it is asked whether slow clients have their responses. */
const SENDING_CHECK_MS = 100;
/** How often node:http looks at its own timers. */
const TIMER_CHECK_MS = 1000;

/** What a front does with what its HTTP server receives. */
export interface HttpListeners {
  /** A connection has come. @param serve - Called for one that is to be served, at once or later. */
  admit(socket: Duplex, serve: () => void): void;
  onConnection(socket: Duplex): void;
  onRequest(request: IncomingMessage, response: ServerResponse): void;
  /** A request that waits for `100 Continue`. */
  onContinue(request: IncomingMessage, response: ServerResponse): void;
  /** A request that expects something else. */
  onExpectation(request: IncomingMessage, response: ServerResponse): void;
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  onConnect(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  onClientError(error: Error, socket: Duplex): void;
}

/** Create the HTTP server of a front. */
export function createHttpServer(settings: FrontSettings, listeners: HttpListeners): Server {
  const { maxHeadBytes, headersTimeoutMs, keepAliveTimeoutMs, maxRequestsPerConnection } = settings;
  const server = createServer({
    ServerResponse: FrontResponse,
    maxHeaderSize: maxHeadBytes,
    headersTimeout: headersTimeoutMs,
    requestTimeout: 0,
    // Refused like everything else that is not right, with a code and a line in the log.
    requireHostHeader: false,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(TIMER_CHECK_MS, headersTimeoutMs),
  });
  server.maxRequestsPerSocket = maxRequestsPerConnection;
  // What is turned away never meets the HTTP server.
  const serve = server.listeners("connection");
  server.removeAllListeners("connection");
  server.on("connection", (socket) => {
    listeners.admit(socket, () => {
      for (const listener of serve) listener.call(server, socket);
      listeners.onConnection(socket);
    });
  });
  server.on("request", listeners.onRequest);
  server.on("checkContinue", listeners.onContinue);
  server.on("checkExpectation", listeners.onExpectation);
  // Even when none is allowed: without a listener Node forgets the requests that follow one that asks for an upgrade.
  server.on("upgrade", listeners.onUpgrade);
  server.on("connect", listeners.onConnect);
  server.on("clientError", listeners.onClientError);
  logAcceptErrors(server, settings.log);
  return server;
}

/**
 * Close a server without cutting anybody: `http.Server.close` drops idle connections at once, and stops its timers, so that one slow
 * client could hold it open for ever. The method of its base class does neither.
 *
 * @param isSending - Whether a response that was handed over has not left yet: Node takes its connection for idle.
 */
export async function drainHttpServer(
  server: Server,
  timeoutMs: number,
  isSending: () => boolean,
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  const closeIdle = (): void => {
    if (isSending()) grace = setTimeout(closeIdle, SENDING_CHECK_MS);
    else server.closeIdleConnections();
  };
  let grace = setTimeout(closeIdle, Math.min(IDLE_GRACE_MS, timeoutMs));
  const limit = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await closed;
  clearTimeout(grace);
  clearTimeout(limit);
  server.close();
}
