import { channel } from "node:diagnostics_channel";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Environ } from "../../gateway/types.ts";

/** What monitoring tools listen to; the names are Node's. */
const started = channel("http.server.request.start");
const finished = channel("http.server.response.finish");

/** A request and its response, on their way to an application. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Server;
  readonly environ: Environ;
}

/** Hand a request to the listeners of a server, as if the server had received it. */
export function deliver(exchange: Exchange): void {
  const { request, response, server } = exchange;
  if (started.hasSubscribers) started.publish({ request, response, socket: request.socket, server });
  callListeners(exchange);
}

/** The same for a request that monitoring tools know already. What the listeners throw is answered 500. */
export function callListeners({ request, response, server, environ }: Exchange): void {
  try {
    server.emit("request", request, response);
  } catch (error) {
    answerFailure(response, error, environ);
  }
}

/** Tell who listens that a response is complete. */
export function reportFinished({ request, response, server }: Exchange): void {
  if (finished.hasSubscribers) finished.publish({ request, response, socket: request.socket, server });
}

/** An application that failed: 500 where nothing was sent, else its response breaks off. The error goes to `wsgi.errors`. */
export function answerFailure(response: ServerResponse, error: unknown, environ: Environ): void {
  const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  environ["wsgi.errors"].write(`the application failed: ${text}\n`);
  if (response.headersSent || response.writableEnded) {
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.statusCode = 500;
  response.setHeader("Content-Type", "text/plain");
  response.end("Internal Server Error\n");
}
