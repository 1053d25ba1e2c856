import type { Duplex } from "node:stream";
import type { ProtocolError } from "../../errors.ts";
import type { DirectRequest, DirectRun } from "../../gateway/direct.ts";
import { reasonPhrase } from "../../gateway/reason-phrases.ts";

/** Write an error page for a request that the application can not, or need not, answer. */
export function writeErrorPage(socket: Duplex, error: ProtocolError): void {
  const reason = reasonPhrase(error.statusHint);
  const page = `${reason}\n${error.code}: ${error.message}\n`;
  const head = `HTTP/1.1 ${error.statusHint} ${reason}\r\nContent-Type: text/plain\r\nContent-Length: ${page.length}\r\n\r\n`;
  socket.write(head + page, "latin1");
}

/** Answer a request that can not be given to a Node application. What follows of its body is dropped. */
export function refuse(direct: DirectRequest, socket: Duplex, error: ProtocolError): DirectRun {
  writeErrorPage(socket, error);
  direct.end();
  return {
    missing: 0,
    receive: () => {},
    finish: () => {},
    fail: () => {},
    peerLeft: () => {},
    cut: () => {},
  };
}
