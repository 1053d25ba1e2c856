import type { Server } from "node:net";
import type { Logger } from "../log.ts";

/** Log what goes wrong once a server listens. That it can not listen is told to whoever let it. */
export function logAcceptErrors(server: Server, log: Logger): void {
  server.on("error", (error) => {
    if (server.listening) log.error({ err: error }, "accepting connections failed");
  });
}
