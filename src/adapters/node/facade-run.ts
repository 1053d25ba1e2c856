import type { Server } from "node:http";
import type { DirectRequest, DirectRun } from "../../gateway/direct.ts";
import type { Environ, ResponseBody, StartResponse } from "../../gateway/types.ts";
import { FacadeSocket } from "./facade-socket.ts";
import { joinTunnel } from "./facade-tunnel.ts";
import { NodeRun } from "./node-run.ts";
import { endToEndFields } from "./raw-response.ts";

/** Run a Node application where there is no socket of its own: behind middleware of the gateway interface, and in tests. */
export function runOnFacade(
  environ: Environ,
  startResponse: StartResponse,
  { server, mount }: { readonly server: Server; readonly mount: "strip" | "keep" },
): Promise<ResponseBody> {
  return new Promise((resolve, reject) => {
    const socket = new FacadeSocket(environ, {
      onHead: (head, body) => {
        const { status, headers } = head;
        const upgrade = environ["uwsgi_bridge.upgrade"];
        try {
          if (upgrade && status.startsWith("101")) {
            joinTunnel(socket, upgrade(startResponse, status, headers), body).catch(() => socket.destroy());
            resolve([]);
            return;
          }
          // A listener that refuses an upgrade writes its answer itself, with fields of the connection.
          startResponse(status, endToEndFields(head));
          resolve(body);
        } catch (error) {
          reject(error);
          socket.destroy();
        }
      },
      onFailed: reject,
    });
    const run = new NodeRun(directRequest(environ, socket), {
      server,
      socket,
      mount,
      canUpgrade: environ["uwsgi_bridge.upgrade"] !== undefined,
      letGo: () => {},
      breakOff: () => {},
    });
    const signal = environ["uwsgi_bridge.signal"];
    const leave = (): void => {
      run.peerLeft();
      // Also one on which the application was to speak another protocol.
      socket.destroy();
    };
    signal.addEventListener("abort", leave, { once: true });
    run.start();
    if (run.missing > 0) void feed(run, environ, socket);
  });
}

/** What the worker is to an application with a socket, in front of one without. */
function directRequest(environ: Environ, socket: FacadeSocket): DirectRequest {
  return {
    environ,
    socket,
    bodyLength: environ["wsgi.input"].remaining,
    end: () => socket.end(() => socket.destroy()),
    abort: () => socket.destroy(),
    takeOver: () => Buffer.alloc(0),
    sendHints: environ["uwsgi_bridge.early_hints"],
  };
}

/** Pass the request body on at the pace of the application. What its listeners throw is not ours to catch. */
async function feed(run: DirectRun, environ: Environ, socket: FacadeSocket): Promise<void> {
  try {
    for await (const bytes of environ["wsgi.input"].chunks()) {
      socket.bytesRead += bytes.length;
      uncaught(() => run.receive(bytes));
      if (socket.isPaused()) await resumed(socket);
      if (socket.destroyed) {
        run.fail(new Error("nobody takes the rest of the body"));
        return;
      }
    }
    if (run.missing > 0) run.finish();
  } catch (error) {
    run.fail(error as Error);
  }
}

/** Wait until a socket that was paused flows again, or is no more. */
function resumed(socket: FacadeSocket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off("resume", done).off("close", done);
      resolve();
    };
    socket.on("resume", done).on("close", done);
  });
}

/** Do something that calls listeners of the application: an error of theirs ends the process, as it does on a socket. */
function uncaught(action: () => void): void {
  try {
    action();
  } catch (error) {
    process.nextTick(() => {
      throw error;
    });
  }
}
