import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { Server as NetServer } from "node:net";
import type { Duplex } from "node:stream";
import { Upstream, type UpstreamStats } from "../client/upstream.ts";
import { type Deadlined, Deadlines } from "../net/deadlines.ts";
import { type Endpoint, parseTarget } from "../net/endpoint.ts";
import { type Listener, type ListenOptions, listen } from "../net/listen.ts";
import { clientFacts } from "./client-facts.ts";
import { ClientResponse } from "./client-response.ts";
import { type ClientWish, Forwarding, type ForwardingHost } from "./forwarding.ts";
import { lingerOnClose } from "./lingering-close.ts";
import { offloadRoots } from "./offload-options.ts";
import type { OffloadRoots } from "./offload-path.ts";
import { OpenUpgrades } from "./open-upgrades.ts";
import { type FrontOptions, type FrontSettings, resolveFrontOptions } from "./options.ts";
import { afterEarlierResponses, serveAsOrdinary } from "./ordinary-request.ts";
import { type HttpHead, isRefusal, parseRequest, type Refusal } from "./parse-request.ts";
import { nextRequestId } from "./request-id.ts";
import { RoundRobin } from "./round-robin.ts";
import { UpgradeAttempt, type UpgradeHost } from "./upgrade-attempt.ts";
import { upgradeOffer } from "./upgrade-rules.ts";
import { upstreamLimits } from "./upstream-limits.ts";

/** What a front has done and is doing. */
export interface FrontStats {
  /** Requests received since the start. */
  readonly requests: number;
  /** Requests whose response is not complete yet. */
  readonly openRequests: number;
  /** The connections to each uwsgi server. */
  readonly upstreams: readonly UpstreamStats[];
  /** Connections that have switched to another protocol and are open. */
  readonly tunnels: number;
}

/** An HTTP server that passes requests on to uwsgi servers. */
export interface Front {
  /**
   * The listener of an HTTP server: `http.createServer(front.handler)`, or a route of an existing one. Usable before, and without,
   * {@link listen}.
   */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
  /**
   * The `upgrade` listener of the same server: `server.on("upgrade", front.upgrade)`. Without it WebSockets are answered as ordinary
   * requests. What asks for no protocol that is allowed goes back to its server, as an ordinary request.
   */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Listen on an address; may be called for several. Returns the address in use. */
  listen(endpoint: Endpoint, options?: ListenOptions): Promise<Endpoint>;
  /**
   * Stop accepting, finish what was begun, then close.
   *
   * @param timeoutMs - Connections still open after this time are cut, tunnels too. @defaultValue 30 000
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
  readonly offloadRoots: OffloadRoots;
  readonly #offSeen = new Set<string>();
  readonly #upstreams: readonly Upstream[];
  readonly #turns: RoundRobin<Upstream>;
  readonly #listens: { server: Server; listener: Listener }[] = [];
  readonly #upgrades: UpgradeHost;
  #requests = 0;
  #openRequests = 0;
  #isClosing = false;

  constructor(options: FrontOptions) {
    this.settings = resolveFrontOptions(options);
    this.params = Object.entries(this.settings.params);
    this.offloadRoots = offloadRoots(this.settings);
    const { connectTimeoutMs, readTimeoutMs, sendTimeoutMs, bodyTimeoutMs } = this.settings;
    const { tunnelIdleTimeoutMs, queueTimeoutMs, persistIdleMs } = this.settings;
    const exchangeMs = Math.min(connectTimeoutMs, readTimeoutMs, sendTimeoutMs, bodyTimeoutMs);
    this.deadlines = new Deadlines(Math.min(exchangeMs, tunnelIdleTimeoutMs, queueTimeoutMs, persistIdleMs));
    const limits = upstreamLimits(this.settings);
    this.#upstreams = this.settings.to.map(
      (text) => new Upstream(parseTarget(text, "to"), this.deadlines, limits),
    );
    this.#turns = new RoundRobin(this.#upstreams);
    this.#upgrades = {
      open: new OpenUpgrades(),
      deadlines: this.deadlines,
      idleTimeoutMs: tunnelIdleTimeoutMs,
    };
  }

  onOffloadOff(field: string): void {
    if (this.#offSeen.has(field)) return;
    this.#offSeen.add(field);
    const message = "a worker names a file to send, and no directory is configured for it; logged once";
    this.settings.log.warn({ field, flags: "--accel-root, --sendfile-root" }, message);
  }

  readonly handler = (request: IncomingMessage, response: ServerResponse): void => {
    this.#serve(request, response);
  };

  readonly upgrade = (request: IncomingMessage, _socket: Duplex, head: Buffer): void => {
    const { socket } = request;
    // The HTTP server no longer looks after this connection, nor do we yet.
    const ignore = (): void => undefined;
    socket.on("error", ignore);
    afterEarlierResponses(socket, () => {
      const offer = upgradeOffer(headOf(request), this.settings.upgrade);
      if (offer) this.#switch(request, offer, head);
      else serveAsOrdinary(request, head);
      socket.off("error", ignore);
    });
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
    const { open } = this.#upgrades;
    const limit = setTimeout(() => open.cut(), timeoutMs);
    await Promise.all(listens.map(({ server }) => drain(server, timeoutMs)));
    await open.emptied();
    clearTimeout(limit);
    for (const upstream of this.#upstreams) upstream.close();
    this.deadlines.stop();
    await Promise.all(listens.map(({ listener }) => listener.release()));
  }

  stats(): FrontStats {
    return {
      requests: this.#requests,
      openRequests: this.#openRequests,
      tunnels: this.#upgrades.open.tunnels,
      upstreams: this.#upstreams.map((upstream) => upstream.stats()),
    };
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
      this.#serve(request, response, { sendContinue: () => response.writeContinue() });
    });
    // Even when none is allowed: without a listener Node forgets the requests that follow one that asks for an upgrade.
    server.on("upgrade", this.upgrade);
    server.on("error", (error) => this.settings.log.error({ err: error }, "accepting connections failed"));
    return server;
  }

  #switch(request: IncomingMessage, offer: readonly string[], head: Buffer): void {
    const upgrade = new UpgradeAttempt(request, { offer, head }, this.#upgrades);
    this.#serve(request, upgrade.response, { upgrade });
  }

  #serve(request: IncomingMessage, response: ServerResponse, wish: ClientWish = {}): void {
    this.#requests += 1;
    const parsed = parseRequest(headOf(request), this.settings);
    const mustClose = (): boolean => {
      if (!request.complete) lingerOnClose(request.socket);
      return this.#isClosing || !request.complete || wish.upgrade !== undefined;
    };
    const answer = new ClientResponse(request, response, mustClose);
    if (isRefusal(parsed)) {
      this.#refuse(request, answer, parsed);
      return;
    }
    this.#openRequests += 1;
    const forwarding = new Forwarding(this, {
      incoming: request,
      parsed,
      client: clientFacts(request.socket),
      response: answer,
      upstreams: this.#turns.turn(),
      ...wish,
    });
    response.on("close", () => {
      this.#openRequests -= 1;
      if (!response.writableFinished) forwarding.cancel();
    });
    forwarding.start();
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

function headOf({ method = "", url = "", httpVersion, rawHeaders }: IncomingMessage): HttpHead {
  return { method, target: url, httpVersion, rawHeaders };
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
