import { createHash } from "node:crypto";
import { WebSocket } from "ws";
import type { Application, UpgradedStream } from "../../src/gateway/types.ts";

/** What `ws` does once the handshake is over; its types leave it out. */
interface Adoptable extends WebSocket {
  setSocket(stream: UpgradedStream, head: Buffer, options: object): void;
}

/** A gateway application that talks WebSocket: the handshake of RFC 6455 by hand, and `ws` on the connection it took over. */
function webSocketApp(talk: (socket: WebSocket) => void): Application {
  return (environ, startResponse) => {
    const upgrade = environ["uwsgi_bridge.upgrade"];
    if (!upgrade || environ.PATH_INFO !== "/chat") {
      startResponse("426 Upgrade Required", [["Content-Type", "text/plain"]]);
      return [Buffer.from("a WebSocket is at /chat\n")];
    }
    const accept = createHash("sha1")
      .update(`${environ["HTTP_SEC_WEBSOCKET_KEY"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest("base64");
    const stream = upgrade(startResponse, 101, [["Sec-WebSocket-Accept", accept]]);
    const socket = new WebSocket(null as never, undefined, {}) as Adoptable;
    talk(socket);
    socket.setSocket(stream, Buffer.alloc(0), { maxPayload: 64 * 1024 * 1024 });
    return [];
  };
}

/** Sends every message back. */
export const webSocketEcho: Application = webSocketApp((socket) => {
  socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});
