import type { Server } from "node:http";
import { type AddressInfo, isIP } from "node:net";
import { type ListenCall, parseListenCall } from "./listen-call.ts";

/**
 * Let a server believe that it listens: no port is opened, and `listening`, `address()`, `close()`, their events and callbacks are as if one
 * were. It may be closed and listen again.
 *
 * @param finished - Resolves when no request is open any more: closing takes so long.
 * @returns The server, as `listen()` does.
 */
export function pretendToListen(server: Server, call: ListenCall, finished: Promise<void>): Server {
  let isListening = true;
  const overrides = {
    address: () => (isListening ? addressOf(call) : null),
    listen: (...args: unknown[]) => {
      if (isListening)
        throw serverError("ERR_SERVER_ALREADY_LISTEN", "Listen method has been called more than once");
      return pretendToListen(server, parseListenCall(args), finished);
    },
    close: (callback?: (error?: Error) => void) => {
      if (isListening) {
        isListening = false;
        if (callback) server.once("close", callback);
        void finished.then(() => server.emit("close"));
      } else if (callback) {
        process.nextTick(callback, serverError("ERR_SERVER_NOT_RUNNING", "Server is not running."));
      }
      return server;
    },
  };
  for (const [name, value] of Object.entries(overrides)) {
    Object.defineProperty(server, name, { value, writable: true, configurable: true });
  }
  Object.defineProperty(server, "listening", { get: () => isListening, configurable: true });
  if (call.callback) server.once("listening", call.callback);
  call.signal?.addEventListener("abort", () => server.close(), { once: true });
  process.nextTick(() => {
    if (isListening) server.emit("listening");
  });
  return server;
}

/** What `address()` would say. A port that was left to the system stays 0: there is none. */
function addressOf({ port, host = "::", path }: ListenCall): AddressInfo | string {
  if (path !== undefined) return path;
  const address = isIP(host) === 0 ? "127.0.0.1" : host;
  return { port, address, family: isIP(address) === 6 ? "IPv6" : "IPv4" };
}

function serverError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
