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
  /** The last request is over: what waits for the captured server to close, may go on. */
  finish(): void;
}

/**
 * Keep the first `http.Server` from opening its port. `listening`, `address()`, `close()`, the event `listening` and the callback
 * are as if it had; closing takes until {@link ListenCapture.finish}, since an application may end its process after it. Servers that listen later do so, except at further addresses of the same port of the same host name, which belong to the
 * first: Fastify opens one server for each address of `localhost`.
 */
export function captureListen(): ListenCapture {
  const { listen } = Server.prototype;
  let isCaptured = false;
  let deliver: (server: Server) => void = () => undefined;
  const server = new Promise<Server>((resolve) => {
    deliver = resolve;
  });
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  intercept((first, args) => {
    const call = parseListenCall(args);
    isCaptured = true;
    stopIntercepting();
    if (hasSeveralAddresses(call)) {
      intercept((later, laterArgs) => {
        const { port } = parseListenCall(laterArgs);
        if (port === call.port) return pretendToListen(later, parseListenCall(laterArgs), finished);
        return Reflect.apply(listen, later, laterArgs) as Server;
      });
    }
    deliver(first);
    return pretendToListen(first, call, finished);
  });
  return {
    server,
    finish,
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
