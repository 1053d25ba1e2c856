import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Upstream, type UpstreamStats } from "../client/upstream.ts";
import type { Admission } from "../net/admission.ts";
import { warnOfCutBacklog } from "../net/backlog.ts";
import { type Deadlined, Deadlines } from "../net/deadlines.ts";
import { type Endpoint, parseTarget } from "../net/endpoint.ts";
import { type Listener, type ListenOptions, listen } from "../net/listen.ts";
import type { ClientConnection } from "./client-connection.ts";
import { clientFacts } from "./client-facts.ts";
import { ClientResponse } from "./client-response.ts";
import { descriptorBudget } from "./descriptor-budget.ts";
import { Entrance, type EntranceHost, headOf } from "./entrance.ts";
import { type ClientWish, Forwarding, type ForwardingHost } from "./forwarding.ts";
import { createHttpServer, drainHttpServer } from "./http-server.ts";
import { lingerOnClose } from "./lingering-close.ts";
import { offloadRoots } from "./offload-options.ts";
import type { OffloadRoots } from "./offload-path.ts";
import { OpenUpgrades } from "./open-upgrades.ts";
import { type FrontOptions, type FrontSettings, resolveFrontOptions } from "./options.ts";
import { isRefusal, parseRequest, type Refusal } from "./parse-request.ts";
import { logRefusal } from "./refusal-log.ts";
import { nextRequestId } from "./request-id.ts";
import { RoundRobin } from "./round-robin.ts";
import { StaticFiles } from "./static/static-files.ts";
import type { UpgradeHost } from "./upgrade-attempt.ts";

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
  /** Connections of clients, tunnels included. */
  readonly openConnections: number;
  /** Connections turned away because there were too many. */
  readonly refusedConnections: number;
  /** It was told to {@link Front.drain}, or to close. */
  readonly isDraining: boolean;
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
   * Serve on, but let every client go behind its next response, which says `Connection: close`: for the time in which whoever sends requests
   * here is still to learn that it should not. {@link FrontStats.isDraining} is the answer for a readiness check.
   */
  drain(): void;
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

class HttpFront implements Front, ForwardingHost, EntranceHost {
  readonly settings: FrontSettings;
  readonly params: readonly (readonly [string, string])[];
  readonly deadlines: Deadlines<Deadlined>;
  readonly clients: Deadlines<ClientConnection>;
  readonly upgrades: UpgradeHost;
  readonly admission: Admission;
  readonly #entrance: Entrance;
  readonly offloadRoots: OffloadRoots;
  readonly #offSeen = new Set<string>();
  readonly #upstreams: readonly Upstream[];
  readonly #turns: RoundRobin<Upstream>;
  readonly #files: StaticFiles;
  readonly #listens: { server: Server; listener: Listener }[] = [];
  #requests = 0;
  #openRequests = 0;
  #isDraining = false;

  constructor(options: FrontOptions) {
    this.settings = resolveFrontOptions(options);
    this.params = Object.entries(this.settings.params);
    this.offloadRoots = offloadRoots(this.settings);
    this.#files = new StaticFiles(this.settings);
    const { connectTimeoutMs, readTimeoutMs, sendTimeoutMs, bodyTimeoutMs } = this.settings;
    const { tunnelIdleTimeoutMs, queueTimeoutMs, persistIdleMs } = this.settings;
    const exchangeMs = Math.min(connectTimeoutMs, readTimeoutMs, sendTimeoutMs, bodyTimeoutMs);
    this.deadlines = new Deadlines(Math.min(exchangeMs, tunnelIdleTimeoutMs, queueTimeoutMs, persistIdleMs));
    const { clientSendTimeoutMs, headersTimeoutMs } = this.settings;
    this.clients = new Deadlines(Math.min(clientSendTimeoutMs, headersTimeoutMs));
    const { admission, limits } = descriptorBudget(this.settings);
    this.admission = admission;
    this.#upstreams = this.settings.to.map(
      (text) => new Upstream(parseTarget(text, "to"), this.deadlines, limits),
    );
    this.#turns = new RoundRobin(this.#upstreams);
    this.upgrades = {
      open: new OpenUpgrades(),
      deadlines: this.deadlines,
      idleTimeoutMs: tunnelIdleTimeoutMs,
    };
    this.#entrance = new Entrance(this);
  }

  onOffloadOff(field: string): void {
    if (this.#offSeen.has(field)) return;
    this.#offSeen.add(field);
    const message = "a worker names a file to send, and no directory is configured for it; logged once";
    this.settings.log.warn({ field, flags: "--accel-root, --sendfile-root" }, message);
  }

  get handler(): Front["handler"] {
    return this.#entrance.handler;
  }

  get upgrade(): Front["upgrade"] {
    return this.#entrance.upgrade;
  }

  async listen(endpoint: Endpoint, options: ListenOptions = {}): Promise<Endpoint> {
    if (options.fd === undefined) warnOfCutBacklog(this.settings.log, options.backlog);
    const server = createHttpServer(this.settings, this.#entrance);
    const listener = await listen(server, endpoint, options);
    this.#listens.push({ server, listener });
    this.admission.open();
    return listener.endpoint;
  }

  drain(): void {
    this.#isDraining = true;
  }

  async close(timeoutMs: number = DEFAULT_CLOSE_TIMEOUT_MS): Promise<void> {
    this.drain();
    const listens = this.#listens.splice(0);
    const { open } = this.upgrades;
    const limit = setTimeout(() => {
      for (const client of this.clients.snapshot()) client.cut();
      open.cut();
    }, timeoutMs);
    await Promise.all(listens.map(({ server }) => drainHttpServer(server, timeoutMs)));
    await open.emptied();
    clearTimeout(limit);
    for (const upstream of this.#upstreams) upstream.close();
    this.admission.close();
    this.deadlines.stop();
    this.clients.stop();
    await Promise.all(listens.map(({ listener }) => listener.release()));
  }

  stats(): FrontStats {
    return {
      requests: this.#requests,
      openRequests: this.#openRequests,
      tunnels: this.upgrades.open.tunnels,
      openConnections: this.clients.size,
      refusedConnections: this.admission.refused,
      isDraining: this.#isDraining,
      upstreams: this.#upstreams.map((upstream) => upstream.stats()),
    };
  }

  /** @returns What breaks the response off, once it has begun. */
  serve(request: IncomingMessage, response: ServerResponse, wish: ClientWish): () => void {
    this.#requests += 1;
    const parsed = parseRequest(headOf(request), this.settings);
    // Without a body there is nothing left to read, although node:http calls it complete a moment later only.
    const hasBody = isRefusal(parsed) || (parsed.bodyLength ?? 0) !== 0;
    const answer = this.#responseTo(request, response, wish.upgrade !== undefined, hasBody);
    if (isRefusal(parsed)) return this.#refuse(request, answer, parsed);
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
        upstreams: this.#turns.turn(),
        ...wish,
      });
      response.on("close", () => {
        if (!response.writableFinished) forwarding.cancel();
      });
      forwarding.start();
    };
    if (wish.upgrade) forward();
    else this.#files.serve({ parsed, response, answer }, forward);
    return () => answer.breakOff();
  }

  refuse(request: IncomingMessage, response: ServerResponse, refusal: Refusal): () => void {
    return this.#refuse(request, this.#responseTo(request, response, true), refusal);
  }

  #responseTo(
    request: IncomingMessage,
    response: ServerResponse,
    isLast: boolean,
    hasBody = true,
  ): ClientResponse {
    return new ClientResponse(request, response, () => {
      const isUnread = hasBody && !request.complete;
      if (isUnread) lingerOnClose(request.socket);
      return this.#isDraining || isUnread || isLast;
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
