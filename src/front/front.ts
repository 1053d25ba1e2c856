import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Upstream, type UpstreamStats } from "../client/upstream.ts";
import { type Deadlined, Deadlines } from "../net/deadlines.ts";
import { type Endpoint, parseTarget } from "../net/endpoint.ts";
import { type Listener, type ListenOptions, listen } from "../net/listen.ts";
import { ClientConnection, type ClientHost } from "./client-connection.ts";
import { clientFacts } from "./client-facts.ts";
import { ClientResponse } from "./client-response.ts";
import { type ClientWish, Forwarding, type ForwardingHost } from "./forwarding.ts";
import { createHttpServer, drainHttpServer, type HttpListeners } from "./http-server.ts";
import { lingerOnClose } from "./lingering-close.ts";
import { offloadRoots } from "./offload-options.ts";
import type { OffloadRoots } from "./offload-path.ts";
import { OpenUpgrades } from "./open-upgrades.ts";
import { type FrontOptions, type FrontSettings, resolveFrontOptions } from "./options.ts";
import { afterEarlierResponses, serveAsOrdinary } from "./ordinary-request.ts";
import { type HttpHead, isRefusal, parseRequest, type Refusal } from "./parse-request.ts";
import { type ParserError, parserAnswer, rawAnswer } from "./raw-answer.ts";
import { loggedUri, logRefusal } from "./refusal-log.ts";
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

class HttpFront implements Front, ForwardingHost, HttpListeners, ClientHost {
  readonly settings: FrontSettings;
  readonly params: readonly (readonly [string, string])[];
  readonly deadlines: Deadlines<Deadlined>;
  readonly clients: Deadlines<ClientConnection>;
  readonly limits: ClientHost["limits"];
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
    const { clientSendTimeoutMs, keepAliveTimeoutMs, headersTimeoutMs } = this.settings;
    this.limits = { clientSendTimeoutMs, idleTimeoutMs: keepAliveTimeoutMs + headersTimeoutMs };
    this.clients = new Deadlines(Math.min(clientSendTimeoutMs, headersTimeoutMs));
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
    this.#enqueue(request, response, {});
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

  readonly onRequest = this.handler;
  readonly onUpgrade = this.upgrade;

  readonly onConnection = (socket: Duplex): void => {
    ClientConnection.of(socket as Socket, this);
  };

  readonly onContinue = (request: IncomingMessage, response: ServerResponse): void => {
    this.#enqueue(request, response, { sendContinue: () => response.writeContinue() });
  };

  readonly onExpectation = (request: IncomingMessage, response: ServerResponse): void => {
    const refusal = { status: 417, reason: "the only expectation that is known is 100-continue" };
    ClientConnection.of(request.socket, this).enqueue(request, response, () => {
      return this.#refuse(request, this.#responseTo(request, response, true), refusal);
    });
  };

  readonly onConnect = (request: IncomingMessage, socket: Duplex): void => {
    const parsed = parseRequest(headOf(request), this.settings);
    const refusal: Refusal = isRefusal(parsed) ? parsed : { status: 405, reason: "CONNECT is for proxies" };
    const answer = rawAnswer(refusal.status, refusal.reason, { headers: refusal.headers ?? [] });
    logRefusal(this.settings.log, { ...answer, method: request.method, uri: request.url });
    ClientConnection.of(socket as Socket, this).refuse(answer.text);
  };

  readonly onClientError = (error: ParserError, socket: Duplex): void => {
    const client = ClientConnection.of(socket as Socket, this);
    // The client has said itself that nothing follows, or was told that nothing is taken.
    if (error.code === "HPE_CLOSED_CONNECTION" || client.isOver) return;
    const answer = parserAnswer(error);
    if (!answer || !socket.writable) {
      socket.destroy();
      return;
    }
    logRefusal(this.settings.log, answer);
    client.refuse(answer.text);
  };

  readonly onError = (error: Error): void => {
    this.settings.log.error({ err: error }, "accepting connections failed");
  };

  onStalled(request: IncomingMessage): void {
    const limitMs = this.limits.clientSendTimeoutMs;
    const fields = {
      code: "UWB_ERR_SEND_TIMEOUT",
      limitMs,
      method: request.method,
      uri: loggedUri(request.url),
    };
    this.settings.log.info(fields, "a client takes nothing of its response");
  }

  async listen(endpoint: Endpoint, options: ListenOptions = {}): Promise<Endpoint> {
    const server = createHttpServer(this.settings, this);
    const listener = await listen(server, endpoint, options);
    this.#listens.push({ server, listener });
    return listener.endpoint;
  }

  async close(timeoutMs: number = DEFAULT_CLOSE_TIMEOUT_MS): Promise<void> {
    this.#isClosing = true;
    const listens = this.#listens.splice(0);
    const { open } = this.#upgrades;
    const limit = setTimeout(() => {
      for (const client of this.clients.snapshot()) client.cut();
      open.cut();
    }, timeoutMs);
    await Promise.all(listens.map(({ server }) => drainHttpServer(server, timeoutMs)));
    await open.emptied();
    clearTimeout(limit);
    for (const upstream of this.#upstreams) upstream.close();
    this.deadlines.stop();
    this.clients.stop();
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

  #switch(request: IncomingMessage, offer: readonly string[], head: Buffer): void {
    ClientConnection.of(request.socket, this).letGo();
    const upgrade = new UpgradeAttempt(request, { offer, head }, this.#upgrades);
    this.#serve(request, upgrade.response, { upgrade });
  }

  #enqueue(request: IncomingMessage, response: ServerResponse, wish: ClientWish): void {
    ClientConnection.of(request.socket, this).enqueue(request, response, () => {
      return this.#serve(request, response, wish);
    });
  }

  /** @returns What breaks the response off, once it has begun. */
  #serve(request: IncomingMessage, response: ServerResponse, wish: ClientWish): () => void {
    this.#requests += 1;
    const parsed = parseRequest(headOf(request), this.settings);
    const answer = this.#responseTo(request, response, wish.upgrade !== undefined);
    if (isRefusal(parsed)) return this.#refuse(request, answer, parsed);
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
    return () => answer.breakOff();
  }

  #responseTo(request: IncomingMessage, response: ServerResponse, isLast: boolean): ClientResponse {
    return new ClientResponse(request, response, () => {
      if (!request.complete) lingerOnClose(request.socket);
      return this.#isClosing || !request.complete || isLast;
    });
  }

  #refuse(
    request: IncomingMessage,
    answer: ClientResponse,
    { status, reason, headers }: Refusal,
  ): () => void {
    const id = nextRequestId();
    logRefusal(this.settings.log, { id, status, reason, method: request.method, uri: request.url });
    const page = `UWB_ERR_REQUEST_INVALID: ${reason}\nrequest ${id}\n`;
    answer.answer(status, page, [["X-Request-Id", id], ...(headers ?? [])]);
    return () => answer.breakOff();
  }
}

function headOf({ method = "", url = "", httpVersion, rawHeaders }: IncomingMessage): HttpHead {
  return { method, target: url, httpVersion, rawHeaders };
}
