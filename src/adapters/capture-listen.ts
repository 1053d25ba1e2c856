import { Server } from "node:http";
import { isIP } from "node:net";
import { type ListenCall, parseListenCall } from "./listen-call.ts";
import { pretendToListen } from "./pretend-listen.ts";

/** A watch for the first server that would listen. */
export interface ListenCapture {
  /** Resolves with the first `http.Server` whose `listen()` was called. It believes that it listens. */
  readonly server: Promise<Server>;
  /** Let servers listen again. The captured one goes on believing that it does. */
  release(): void;
}

/**
 * Keep the first `http.Server` from opening its port. `listening`, `address()`, `close()`, the event `listening` and the callback
 * are as if it had. Servers that listen later do so, except at further addresses of the same port of the same host name, which belong to the
 * first: Fastify opens one server for each address of `localhost`.
 */
export function captureListen(): ListenCapture {
  const { listen } = Server.prototype;
  let isCaptured = false;
  let deliver: (server: Server) => void = () => undefined;
  const server = new Promise<Server>((resolve) => {
    deliver = resolve;
  });
  intercept((first, args) => {
    const call = parseListenCall(args);
    isCaptured = true;
    stopIntercepting();
    if (hasSeveralAddresses(call)) {
      intercept((later, laterArgs) => {
        const { port } = parseListenCall(laterArgs);
        if (port === call.port) return pretendToListen(later, parseListenCall(laterArgs));
        return Reflect.apply(listen, later, laterArgs) as Server;
      });
    }
    deliver(first);
    return pretendToListen(first, call);
  });
  return {
    server,
    release: () => {
      if (!isCaptured) stopIntercepting();
    },
  };
}

function hasSeveralAddresses({ host }: ListenCall): boolean {
  return host !== undefined && isIP(host) === 0;
}

/** `listen` itself belongs to `net.Server`: one of HTTP's own hides it. */
function intercept(listen: (server: Server, args: unknown[]) => Server): void {
  function intercepted(this: Server, ...args: unknown[]): Server {
    return listen(this, args);
  }
  Object.defineProperty(Server.prototype, "listen", {
    value: intercepted,
    writable: true,
    configurable: true,
  });
}

function stopIntercepting(): void {
  Reflect.deleteProperty(Server.prototype, "listen");
}
