import { createServer, type IncomingMessage, Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { ConfigError, ProtocolError } from "../../errors.ts";
import { defineApplication } from "../../gateway/define-application.ts";
import { type DirectRequest, type DirectRun, withDirectHandler } from "../../gateway/direct.ts";
import { describe } from "../../gateway/response-start.ts";
import type { Application } from "../../gateway/types.ts";
import { answerFailure } from "./delivery.ts";
import { runOnFacade } from "./facade-run.ts";
import type { Incoming } from "./incoming.ts";
import { NodeRun } from "./node-run.ts";
import { ParserRunner } from "./parser-run.ts";
import { refuse } from "./refused-run.ts";
import { asRequestSocket, breakOff, letGo } from "./request-socket.ts";
import { fitsThisNode } from "./self-check.ts";

/** A function that Node's own server would call: an application of Express or Koa's `app.callback()`. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Options of {@link fromNode}. */
export interface NodeAdapterOptions {
  /**
   * `"strip"`: `req.url` begins behind the mount point, which Express finds in `req.baseUrl` and everybody in `req.originalUrl`.
   * `"keep"`: the application sees the whole path. @defaultValue `"strip"`
   */
  readonly mount?: "strip" | "keep";
}

/**
 * Run a Node application, which knows requests as `(req, res)`, as a gateway application.
 *
 * `req` and `res` are Node's own. What they say about the client (`req.ip`, `req.protocol`, `req.socket.remoteAddress`) comes from the
 * vars of the front, so no `trust proxy` is needed; `req.environ` is the environ. A listener that throws or rejects is answered 500. In
 * a worker the application writes to the accepted socket itself, and connections can be upgraded; behind gateway middleware it runs
 * on a stand-in.
 *
 * @param target - A listener, or a server whose `request` and `upgrade` events are emitted. It never listens.
 * @throws {@link ConfigError} when it is neither.
 *
 * @example
 * const app = express().get("/", (req, res) => res.send("Hello"));
 * export const application = fromNode(app);
 */
export function fromNode(target: NodeListener | Server, options: NodeAdapterOptions = {}): Application {
  const server = serverOf(target);
  const { mount = "strip" } = options;
  if (!isFit()) {
    const runner = new ParserRunner(server, mount);
    return defineApplication((environ, startResponse) => runner.run(environ, startResponse));
  }
  const app = defineApplication((environ, startResponse) =>
    runOnFacade(environ, startResponse, { server, mount }),
  );
  return withDirectHandler(app, (direct) => runOnSocket(direct, server, mount));
}

let knownFit: boolean | undefined;

function isFit(): boolean {
  if (knownFit !== undefined) return knownFit;
  knownFit = fitsThisNode();
  if (!knownFit) {
    process.emitWarning(
      `Node ${process.version} is not one this version knows: Node applications run through Node's parser, which is slower. Update uwsgi-bridge.`,
      { code: "UWB_WARN_NODE_INTERNALS" },
    );
  }
  return knownFit;
}

/** For tests: look at this Node again. */
export function forgetFit(): void {
  knownFit = undefined;
}

function runOnSocket(direct: DirectRequest, server: Server, mount: "strip" | "keep"): DirectRun {
  const socket = asRequestSocket(direct.socket as Socket, direct.environ);
  try {
    const run = new NodeRun(direct, {
      server,
      socket,
      mount,
      canUpgrade: true,
      letGo: () => letGo(socket),
      breakOff: () => breakOff(socket),
    });
    run.start();
    return run;
  } catch (error) {
    if (error instanceof ProtocolError) return refuse(direct, socket, error);
    throw error;
  }
}

function serverOf(target: unknown): Server {
  if (target instanceof Server) return target;
  if (typeof target !== "function") {
    throw new ConfigError(
      "target",
      `a Node application is a function (req, res) or an http.Server, got ${describe(target)}`,
    );
  }
  const listener = target as NodeListener;
  return createServer((request, response) => {
    const result = listener(request, response);
    if (result instanceof Promise) {
      result.catch((error: unknown) => answerFailure(response, error, (request as Incoming).environ));
    }
  });
}
