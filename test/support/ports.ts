import { connect, createServer } from "node:net";

/** Where to connect, as `net.connect` takes it. */
export type Connection = { readonly host: string; readonly port: number } | { readonly path: string };

const FIRST_PORT = 20_000;
const PORTS = 10_000;

/**
 * A port of 127.0.0.1 that is free now, for a program that can not report which port it chose. It lies below the range from which
 * the system gives ports to outgoing connections, so that none of those takes it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + Math.floor(Math.random() * PORTS);
    if (await isFree(port)) return port;
  }
}

/** Whether somebody accepts connections there. */
export function isAccepting(address: Connection): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ ...address });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
