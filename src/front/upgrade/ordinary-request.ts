import type { IncomingMessage } from "node:http";
import type { Server, Socket } from "node:net";

/**
 * Give a request that is no upgrade back to its HTTP server, which reads it again without its Upgrade field: what RFC 9110 section 7.8 asks
 * of servers that do not know a protocol. A listener of `upgrade` gets every request with that field, whatever it asks for,
 * one with a body too, and an HTTP server takes connections that are handed to it.
 */
export function serveAsOrdinary(request: IncomingMessage, head: Buffer): void {
  const socket = request.socket as Socket & { readonly server?: Server };
  const { server } = socket;
  if (!server) {
    socket.on("error", () => undefined);
    socket.end("HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    return;
  }
  socket.unshift(Buffer.concat([Buffer.from(headText(request), "latin1"), head]));
  server.emit("encrypted" in socket ? "secureConnection" : "connection", socket);
}

function headText({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    if (name.toLowerCase() !== "upgrade") text += `${name}: ${rawHeaders[index + 1]}\r\n`;
  }
  return `${text}\r\n`;
}
