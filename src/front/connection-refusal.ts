import type { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { lingerOnClose } from "./lingering-close.ts";
import { ALLOW } from "./parse-request.ts";

/** What node:http reports about bytes it can not read. */
const STATUS_LINES: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_CHUNK_EXTENSIONS_OVERFLOW: "413 Payload Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

const refusedSockets = new WeakSet<Duplex>();

/**
 * The `clientError` listener of an HTTP server: refuse what is no request.
 *
 * Requests before it on the same connection get their answers first. node:http by itself writes its 400 in place of an answer that is
 * under way, and the client takes a request that was run for one that was not.
 *
 * @see RFC 9112 sections 2.2 and 9.3.2
 */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  // Each further piece of the same unreadable bytes is reported again.
  if (refusedSockets.has(socket)) return;
  refusedSockets.add(socket);
  if (error.code === "ECONNRESET") socket.destroy();
  else refuse(socket, STATUS_LINES[error.code ?? ""] ?? "400 Bad Request", "");
}

/** The `connect` listener of an HTTP server: without one node:http closes the connection, and the client never learns why. */
export function refuseConnect(_request: IncomingMessage, socket: Duplex): void {
  socket.on("error", () => undefined);
  refuse(socket, "405 Method Not Allowed", `Allow: ${ALLOW}\r\n`);
}

function refuse(socket: Duplex, statusLine: string, fields: string): void {
  if (socket.destroyed || !socket.writable) return;
  // The server's own note of whose turn it is; there is no public one.
  const current = Reflect.get(socket, "_httpMessage") as ServerResponse | null | undefined;
  if (current?.req.complete) {
    current.once("close", () => refuse(socket, statusLine, fields));
    return;
  }
  if (current?.headersSent || !(socket instanceof Socket)) {
    socket.destroy();
    return;
  }
  lingerOnClose(socket);
  socket.write(`HTTP/1.1 ${statusLine}\r\n${fields}Connection: close\r\nContent-Length: 0\r\n\r\n`);
  socket.destroySoon();
}
