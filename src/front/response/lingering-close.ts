import type { Socket } from "node:net";

const LINGER_MS = 5000;
const LINGER_BYTES = 64 * 1024 * 1024;

/**
 * Make the end of this connection a gentle one: when the server closes it, our side is shut, and what the client still sends is read
 * and dropped for a while. A plain close with unread bytes resets the connection, and the reset overtakes the answer: a client
 * in the middle of an upload would never see its 413.
 *
 * @see RFC 9112 section 9.6
 */
export function lingerOnClose(socket: Socket): void {
  // The HTTP server calls this method, and no other, when it is done with a connection.
  socket.destroySoon = () => {
    let dropped = 0;
    socket.end();
    socket.setTimeout(0);
    const timer = setTimeout(() => socket.destroy(), LINGER_MS);
    socket.once("end", () => socket.destroy());
    socket.once("close", () => clearTimeout(timer));
    socket.resume();
    // Not before it reads again: a listener takes the socket away from the HTTP parser, and with it the one who would have made it read.
    setImmediate(() => {
      socket.on("data", (chunk: Buffer) => {
        dropped += chunk.length;
        if (dropped > LINGER_BYTES) socket.destroy();
      });
    });
  };
}
