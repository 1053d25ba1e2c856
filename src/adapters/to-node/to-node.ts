import type { IncomingMessage, ServerResponse } from "node:http";
import { ProtocolError } from "../../errors.ts";
import { createEnviron, type ServerFacts } from "../../gateway/create-environ.ts";
import { environFromPacket, requestBodyLength } from "../../gateway/environ.ts";
import { ErrorLog } from "../../gateway/error-log.ts";
import { Input } from "../../gateway/input.ts";
import { type AppRun, runApp } from "../../gateway/run-app.ts";
import type { Application, SharedState } from "../../gateway/types.ts";
import { type Logger, silentLog } from "../../log.ts";
import { VERSION } from "../../version.ts";
import type { NodeListener } from "../node/from-node.ts";
import { NodeResponseSink } from "./node-response-sink.ts";
import { varsOf } from "./request-vars.ts";

const FACTS = { version: VERSION, worker: 1, multiprocess: false, concurrent: true } as const;

/** Options of {@link toNode}. */
export interface ToNodeOptions {
  /** Takes what the application writes to `wsgi.errors`, and its failures. @defaultValue Nothing is logged. */
  readonly log?: Logger;
  /** `uwsgi_bridge.state` of every request. @defaultValue an empty object */
  readonly state?: SharedState;
}

/**
 * Run a gateway application in Node's own HTTP server: for tests and for development, without a front and a worker.
 *
 * The environ is what our front and worker would make of the same request.
 *
 * @example
 * createServer(toNode(application)).listen(3000);
 */
export function toNode(app: Application, { log = silentLog, state = {} }: ToNodeOptions = {}): NodeListener {
  const server: ServerFacts = { ...FACTS, state };
  return (request, response) => {
    try {
      new ServerRun(request, response, log).start(app, server);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      log.warn({ code: error.code }, error.message);
      response.writeHead(error.statusHint, { "Content-Type": "text/plain" }).end(`${error.code}\n`);
    }
  };
}

/** One request of Node's server on its way through the gateway. */
class ServerRun {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #log: Logger;
  readonly #abort = new AbortController();
  readonly #input: Input;
  readonly #errors: ErrorLog;

  constructor(request: IncomingMessage, response: ServerResponse, log: Logger) {
    const isChunked = request.headers["transfer-encoding"] !== undefined;
    const length = Number(request.headers["content-length"] ?? 0);
    this.#request = request;
    this.#response = response;
    this.#log = log;
    this.#errors = new ErrorLog((line) => log.error({ path: request.url }, line));
    this.#input = new Input(isChunked ? Number.POSITIVE_INFINITY : length, {
      pause: () => request.pause(),
      resume: () => request.resume(),
    });
  }

  start(app: Application, server: ServerFacts): void {
    const packet = { modifier1: 0, modifier2: 0, vars: varsOf(this.#request) };
    const cgi = environFromPacket(packet);
    requestBodyLength(cgi);
    const parts = { input: this.#input, errors: this.#errors, signalOwner: this.#abort };
    const environ = createEnviron(cgi, packet, { server, parts });
    const run = runApp(app, environ, {
      sink: new NodeResponseSink(this.#response),
      log: this.#log,
      onFinished: () => void this.#errors.flush(),
    });
    this.#receiveBody();
    this.#response.once("close", () => this.#closed(run));
  }

  readonly #onData = (bytes: Buffer): void => this.#input.receive(bytes);

  #receiveBody(): void {
    this.#request.on("data", this.#onData);
    this.#request.on("end", () => this.#input.finish());
    this.#request.on("error", () => this.#input.fail(clientGone()));
  }

  #closed(run: AppRun): void {
    if (this.#response.writableFinished) {
      // What the application left unread stands in front of the next request.
      this.#request.off("data", this.#onData).resume();
      this.#input.fail(clientGone());
      return;
    }
    this.#input.fail(clientGone());
    this.#abort.abort(clientGone());
    run.clientGone();
  }
}

function clientGone(): ProtocolError {
  return new ProtocolError("UWB_ERR_CLIENT_GONE", "the client left before the response was complete", {
    offset: 0,
  });
}
