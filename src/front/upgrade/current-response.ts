import { ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** The response that a connection of an HTTP server sends, or will send next: the server's own note of whose turn it is; there is no public one. */
export function currentResponse(socket: Socket): ServerResponse | undefined {
  const current: unknown = Reflect.get(socket, "_httpMessage");
  return current instanceof ServerResponse ? current : undefined;
}

/**
 * Call back when earlier requests of the same connection have been answered: a client may have sent several at once. Behind an answer that
 * ends the connection nothing is served.
 */
export function afterEarlierResponses(socket: Socket, next: () => void): void {
  if (socket.destroyed || socket.writableEnded) return;
  const current = currentResponse(socket);
  if (current) current.once("close", () => afterEarlierResponses(socket, next));
  else next();
}
