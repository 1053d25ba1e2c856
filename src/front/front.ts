import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import { type Deadlined, Deadlines } from "../net/deadlines.ts";
import { type Endpoint, parseTarget, type Target } from "../net/endpoint.ts";
import { type Listener, type ListenOptions, listen } from "../net/listen.ts";
import { clientFacts } from "./client-facts.ts";
import { ClientResponse } from "./client-response.ts";
import { Forwarding, type ForwardingHost } from "./forwarding.ts";
import { lingerOnClose } from "./lingering-close.ts";
import { type FrontOptions, type FrontSettings, resolveFrontOptions } from "./options.ts";
import { isRefusal, parseRequest, type Refusal } from "./parse-request.ts";
import { nextRequestId } from "./request-id.ts";
import { RoundRobin } from "./round-robin.ts";
import { StaticFiles } from "./static/static-files.ts";

/** What a front has done and is doing. */
export interface FrontStats {
  /** Requests received since the start. */
  readonly requests: number;
  /** Requests whose response is not complete yet. */
  readonly openRequests: number;
}

/** An HTTP server that passes requests on to uwsgi servers. */
export interface Front {
  /**
   * The listener of an HTTP server: `http.createServer(front.handler)`, or a route of an existing one. Usable before, and without,
   * {@link listen}.
   */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /** Listen on an address; may be called for several. Returns the address in use. */
  listen(endpoint: Endpoint, options?: ListenOptions): Promise<Endpoint>;
  /**
   * Stop accepting, finish what was begun, then close.
   *
   * @param timeoutMs - Connections still open after this time are cut. @defaultValue 30 000
   */
  close(timeoutMs?: number): Promise<void>;
  stats(): FrontStats;
}

const DEFAULT_CLOSE_TIMEOUT_MS = 30_000;
/** How long idle connections are kept on the way out: a client may have sent a request that has not arrived yet. */
const IDLE_GRACE_MS = 1500;
/** How often node:http looks at its own timers. */
const TIMER_CHECK_MS = 1000;

/**
 * Create a front for one or several uwsgi servers.
 *
 * @throws {@link ConfigError} when an option can not be used.
 *
 * @example
 * const front = createFront({ to: ["unix:/run/app.sock"] });
 * await front.listen({ type: "tcp", host: "127.0.0.1", port: 8080 });
 */
export function createFront(options: FrontOptions): Front {
  return new HttpFront(options);
}

class HttpFront implements Front, ForwardingHost {
  readonly settings: FrontSettings;
  readonly params: readonly (readonly [string, string])[];
  readonly deadlines: Deadlines<Deadlined>;
  readonly #targets: RoundRobin<Target>;
  readonly #files: StaticFiles;
  readonly #listens: { server: Server; listener: Listener }[] = [];
  #requests = 0;
  #openRequests = 0;
  #isClosing = false;

  constructor(options: FrontOptions) {
    this.settings = resolveFrontOptions(options);
    this.params = Object.entries(this.settings.params);
    this.#targets = new RoundRobin(this.settings.to.map((text) => parseTarget(text, "to")));
    this.#files = new StaticFiles(this.settings);
    const { connectTimeoutMs, readTimeoutMs, sendTimeoutMs, bodyTimeoutMs } = this.settings;
    this.deadlines = new Deadlines(Math.min(connectTimeoutMs, readTimeoutMs, sendTimeoutMs, bodyTimeoutMs));
  }

  readonly handler = (request: IncomingMessage, response: ServerResponse): void => {
    this.#serve(request, response, undefined);
  };

  async listen(endpoint: Endpoint, options: ListenOptions = {}): Promise<Endpoint> {
    const server = this.#createServer();
    const listener = await listen(server, endpoint, options);
    this.#listens.push({ server, listener });
    return listener.endpoint;
  }

  async close(timeoutMs: number = DEFAULT_CLOSE_TIMEOUT_MS): Promise<void> {
    this.#isClosing = true;
    const listens = this.#listens.splice(0);
    await Promise.all(listens.map(({ server }) => drain(server, timeoutMs)));
    this.deadlines.stop();
    await Promise.all(listens.map(({ listener }) => listener.release()));
  }

  stats(): FrontStats {
    return { requests: this.#requests, openRequests: this.#openRequests };
  }

  #createServer(): Server {
    const { maxHeadBytes, headersTimeoutMs, keepAliveTimeoutMs, maxRequestsPerConnection } = this.settings;
    const server = createServer({
      maxHeaderSize: maxHeadBytes,
      headersTimeout: headersTimeoutMs,
      requestTimeout: 0,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(TIMER_CHECK_MS, headersTimeoutMs),
    });
    server.maxRequestsPerSocket = maxRequestsPerConnection;
    server.on("request", this.handler);
    server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
      this.#serve(request, response, () => response.writeContinue());
    });
    server.on("error", (error) => this.settings.log.error({ err: error }, "accepting connections failed"));
    return server;
  }

  #serve(request: IncomingMessage, response: ServerResponse, sendContinue: (() => void) | undefined): void {
    this.#requests += 1;
    const parsed = parseRequest(
      {
        method: request.method ?? "",
        target: request.url ?? "",
        httpVersion: request.httpVersion,
        rawHeaders: request.rawHeaders,
      },
      this.settings,
    );
    // Without a body there is nothing left to read, although node:http calls it complete a moment later only.
    const hasBody = isRefusal(parsed) || (parsed.bodyLength ?? 0) !== 0;
    const mustClose = (): boolean => {
      const isUnread = hasBody && !request.complete;
      if (isUnread) lingerOnClose(request.socket);
      return this.#isClosing || isUnread;
    };
    const answer = new ClientResponse(request, response, mustClose);
    if (isRefusal(parsed)) {
      this.#refuse(request, answer, parsed);
      return;
    }
    this.#openRequests += 1;
    response.on("close", () => {
      this.#openRequests -= 1;
    });
    const forward = (): void => {
      if (response.destroyed) return;
      const forwarding = new Forwarding(this, {
        incoming: request,
        parsed,
        client: clientFacts(request.socket),
        response: answer,
        targets: this.#targets.turn(),
        sendContinue,
      });
      response.on("close", () => {
        if (!response.writableFinished) forwarding.cancel();
      });
      forwarding.start();
    };
    this.#files.serve({ parsed, response, answer }, forward);
  }

  #refuse(request: IncomingMessage, answer: ClientResponse, { status, reason, headers }: Refusal): void {
    const id = nextRequestId();
    this.settings.log.info(
      {
        requestId: id,
        code: "UWB_ERR_REQUEST_INVALID",
        status,
        reason,
        method: request.method,
        uri: request.url,
      },
      "a request was refused",
    );
    answer.answer(status, `${reason}\nrequest ${id}\n`, [["X-Request-Id", id], ...(headers ?? [])]);
  }
}

/**
 * Close a server without cutting anybody: `http.Server.close` drops idle connections at once, and stops its timers, so that one slow
 * client could hold it open for ever. The method of its base class does neither.
 */
async function drain(server: Server, timeoutMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    NetServer.prototype.close.call(server, () => resolve());
  });
  const grace = setTimeout(() => server.closeIdleConnections(), Math.min(IDLE_GRACE_MS, timeoutMs));
  const limit = setTimeout(() => server.closeAllConnections(), timeoutMs);
  await closed;
  clearTimeout(grace);
  clearTimeout(limit);
  server.close();
}
