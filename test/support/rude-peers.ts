import { createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import type { Endpoint, Target } from "../../src/net/endpoint.ts";
import { listen } from "../../src/net/listen.ts";
import { endpointFor, type Transport } from "./workers.ts";

/**
 * A server of a few lines, without any manners of its own. Open connections are cut when the test is over.
 */
export async function startPeer(
  behave: (socket: Socket) => void,
  transport: Transport = "tcp",
): Promise<Target> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    behave(socket);
  });
  const listener = await listen(server, await endpointFor(transport));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await listener.release();
  });
  return asTarget(listener.endpoint);
}

/** An address that refuses connections. */
export async function refusingAddress(transport: Transport = "tcp"): Promise<Target> {
  const server = createServer();
  const listener = await listen(server, await endpointFor(transport));
  await new Promise((resolve) => server.close(resolve));
  await listener.release();
  return asTarget(listener.endpoint);
}

export function asTarget(endpoint: Endpoint): Target {
  if (endpoint.type === "fd") throw new Error("a test can not connect to a descriptor");
  return endpoint;
}

/** Reads and says nothing, ever. */
export function stall(socket: Socket): void {
  socket.resume();
}

/** Reads the first bytes and closes without a word, as uWSGI does with what it can not use. */
export function closeSilently(socket: Socket): void {
  socket.once("data", () => socket.end());
}

/** Reads the first bytes and resets the connection. */
export function resetAtOnce(socket: Socket): void {
  socket.once("data", () => socket.resetAndDestroy());
}

/** Reads the first bytes, answers with this and closes. */
export function answerWith(text: string): (socket: Socket) => void {
  return (socket) => {
    socket.once("data", () => socket.end(text, "latin1"));
    socket.resume();
  };
}

/** Reads the first bytes, answers with this and says nothing more. */
export function answerAndStall(text: string): (socket: Socket) => void {
  return (socket) => {
    socket.once("data", () => socket.write(text, "latin1"));
    socket.resume();
  };
}
