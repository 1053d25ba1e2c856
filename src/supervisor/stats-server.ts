import { createServer, type Socket } from "node:net";
import type { Logger } from "../log.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { type Listener, type ListenOptions, listen } from "../net/listen.ts";

/** How long a client may take to show that it speaks HTTP: uWSGI's readers say nothing. */
const HTTP_WITHIN_MS = 50;
const IDLE_MS = 5000;

/** A server that tells everybody who connects the same kind of thing: JSON, once. */
export interface StatsServer {
  readonly endpoint: Endpoint;
  close(): Promise<void>;
}

/** How a {@link StatsServer} answers. */
export interface StatsServerOptions {
  readonly stats: () => Promise<object>;
  /** Send an HTTP head before anything was asked; else only who sends a request gets one. */
  readonly alwaysHttp: boolean;
  readonly listen: ListenOptions;
  readonly log: Logger;
}

/**
 * Serve statistics: as uWSGI's stats server to those who only read, as HTTP to those who ask for it.
 *
 * @throws `UWB_ERR_SOCKET_IN_USE` or `UWB_ERR_LISTEN`.
 */
export async function startStatsServer(
  endpoint: Endpoint,
  options: StatsServerOptions,
): Promise<StatsServer> {
  const { stats, alwaysHttp, log } = options;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.end());
    void speaksHttp(socket, alwaysHttp).then(async (isHttp) => {
      answer(socket, JSON.stringify(await stats(), undefined, 1), isHttp);
    });
  });
  server.on("error", (error) => log.error({ err: error }, "the statistics can not be served"));
  const listener: Listener = await listen(server, endpoint, options.listen);
  server.unref();
  return {
    endpoint: listener.endpoint,
    close: async () => {
      server.close();
      await listener.release();
    },
  };
}

/** Whether the client has sent a request. What it sends after its first bytes is read and dropped. */
function speaksHttp(socket: Socket, always: boolean): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(always), always ? 0 : HTTP_WITHIN_MS);
    socket.on("data", (bytes: Buffer) => {
      clearTimeout(timer);
      resolve(always || /^[A-Z]+ \//.test(bytes.toString("latin1", 0, 16)));
    });
  });
}

function answer(socket: Socket, json: string, isHttp: boolean): void {
  if (socket.destroyed) return;
  const head = [
    "HTTP/1.1 200 OK",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(json)}`,
    "Cache-Control: no-store",
    "Connection: close",
    "",
    "",
  ].join("\r\n");
  socket.end(isHttp ? head + json : json);
}
