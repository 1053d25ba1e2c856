import { createServer as createHttp, type RequestListener, type Server } from "node:http";
import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { formatEndpoint } from "../../src/net/endpoint.ts";
import { listen } from "../../src/net/listen.ts";
import { endpointFor, type Transport } from "./workers.ts";

/** An HTTP server to pass requests on to. */
export interface StartedServer {
  /** As a target of a route: `http://127.0.0.1:1234`. */
  readonly url: string;
  readonly server: Server;
}

/** A server of node:http, closed when the test is over. */
export async function startHttpServer(
  listener: RequestListener,
  transport: Transport = "tcp",
): Promise<StartedServer> {
  const server = createHttp(listener);
  const { endpoint } = await listen(server, await endpointFor(transport));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = formatEndpoint(endpoint);
  return { server, url: transport === "tcp" ? `http://${address}` : `http+${address}` };
}

/** What a scripted server has read on one connection. */
export interface ScriptedHttp {
  readonly socket: Socket;
  /** Everything received on this connection so far. */
  text(): string;
}

export interface ScriptedServer {
  readonly url: string;
  /** Its connections, in order. */
  readonly connections: readonly ScriptedHttp[];
}

/**
 * A server that does what a test tells it to, good or bad.
 *
 * @param answer - Called each time the end of a request head was read.
 */
export async function startScriptedServer(
  answer: (request: ScriptedHttp, count: number) => void,
): Promise<ScriptedServer> {
  const connections: ScriptedHttp[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let text = "";
    let heads = 0;
    const request = { socket, text: () => text };
    connections.push(request);
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      for (let seen = text.split("\r\n\r\n").length - 1; heads < seen; ) {
        heads += 1;
        answer(request, heads);
      }
    });
  });
  const { endpoint } = await listen(server, await endpointFor("tcp"));
  onTestFinished(() => {
    for (const { socket } of connections) socket.destroy();
    server.close();
  });
  return { url: `http://${formatEndpoint(endpoint)}`, connections };
}
