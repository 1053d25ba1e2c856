import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { Admission } from "../net/admission.ts";
import { warnOfCutBacklog } from "../net/backlog.ts";
import { type Deadlined, Deadlines } from "../net/deadlines.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { type Listener, type ListenOptions, listen } from "../net/listen.ts";
import type { ClientConnection } from "./client-connection.ts";
import { descriptorBudget } from "./descriptor-budget.ts";
import { Entrance, type EntranceHost } from "./entrance.ts";
import { createErrorAnswers, type ErrorAnswers } from "./explain/error-answers.ts";
import { createHttpServer, drainHttpServer } from "./http-server.ts";
import { type FrontOptions, type FrontSettings, resolveFrontOptions } from "./options.ts";
import type { Route } from "./pipeline/route.ts";
import type { RefusedBytes, Stage } from "./pipeline/stage.ts";
import { type ClientWish, Visit, type VisitHost } from "./pipeline/visit.ts";
import { type ClientLimitStats, ClientLimits } from "./rate/client-limits.ts";
import { allSettings } from "./routes/route-settings.ts";
import { Routes } from "./routes/routes.ts";
import { createStages } from "./stages.ts";
import { OpenUpgrades } from "./upgrade/open-upgrades.ts";
import type { UpgradeHost } from "./upgrade/upgrade-attempt.ts";
import { UpstreamGroup } from "./upstreams/upstream-group.ts";
import type { ServerStats } from "./upstreams/upstream-server.ts";

/** What a front has done and is doing. */
export interface FrontStats {
  /** Requests received since the start. */
  readonly requests: number;
  /** Requests whose response is not complete yet. */
  readonly openRequests: number;
  /** The servers and the connections to each: those of `to` first, then those of the routes. */
  readonly upstreams: readonly ServerStats[];
  /** Connections that have switched to another protocol and are open. */
  readonly tunnels: number;
  /** Connections of clients, tunnels included. */
  readonly openConnections: number;
  /** Connections turned away because there were too many. */
  readonly refusedConnections: number;
  /** What was refused because its client had its share. */
  readonly clientLimits: ClientLimitStats;
  /** It was told to {@link Front.drain}, or to close. */
  readonly isDraining: boolean;
  /** What the stages have counted since the start, those of features that are in use: such as `deniedRequests`. */
  readonly counts: Readonly<Record<string, number>>;
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

class HttpFront implements Front, EntranceHost, VisitHost {
  readonly settings: FrontSettings;
  readonly deadlines: Deadlines<Deadlined>;
  readonly clients: Deadlines<ClientConnection>;
  readonly upgrades: UpgradeHost;
  readonly admission: Admission;
  readonly clientLimits: ClientLimits;
  readonly stages: readonly Stage[];
  readonly errorAnswers: ErrorAnswers;
  readonly defaultRoute: Route;
  isDraining = false;
  readonly #routes: Routes | undefined;
  readonly #entrance: Entrance;
  readonly #listens: { server: Server; listener: Listener }[] = [];
  #requests = 0;
  #openRequests = 0;

  constructor(options: FrontOptions) {
    this.settings = resolveFrontOptions(options);
    this.deadlines = new Deadlines(Math.min(...allSettings(this.settings).map(shortestTimeoutMs)));
    const { clientSendTimeoutMs, headersTimeoutMs, tunnelIdleTimeoutMs } = this.settings;
    this.clients = new Deadlines(Math.min(clientSendTimeoutMs, headersTimeoutMs));
    const { admission, limits } = descriptorBudget(this.settings);
    this.admission = admission;
    this.defaultRoute = { group: new UpstreamGroup(this.settings, this.deadlines, limits) };
    this.errorAnswers = createErrorAnswers(this.settings);
    const { deadlines, defaultRoute } = this;
    const hasRoutes = this.settings.routes.length > 0;
    this.#routes = hasRoutes ? new Routes(this.settings, { deadlines, limits, defaultRoute }) : undefined;
    this.clientLimits = new ClientLimits(this.settings);
    this.stages = createStages(this.settings, this.clientLimits, this.#routes);
    this.upgrades = {
      open: new OpenUpgrades(),
      deadlines: this.deadlines,
      idleTimeoutMs: tunnelIdleTimeoutMs,
    };
    this.#entrance = new Entrance(this);
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
    this.isDraining = true;
  }

  async close(timeoutMs: number = DEFAULT_CLOSE_TIMEOUT_MS): Promise<void> {
    this.drain();
    const listens = this.#listens.splice(0);
    const { open } = this.upgrades;
    const limit = setTimeout(() => {
      for (const client of this.clients.snapshot()) client.cut();
      open.cut();
      this.#entrance.gate?.cut();
    }, timeoutMs);
    const isSending = (): boolean => this.clients.snapshot().some((client) => client.isSending);
    await Promise.all(listens.map(({ server }) => drainHttpServer(server, timeoutMs, isSending)));
    await open.emptied();
    clearTimeout(limit);
    this.#entrance.gate?.close();
    for (const stage of this.stages) stage.close?.();
    this.defaultRoute.group.close();
    this.admission.close();
    this.clientLimits.close();
    this.deadlines.stop();
    this.clients.stop();
    await Promise.all(listens.map(({ listener }) => listener.release()));
  }

  stats(): FrontStats {
    return {
      requests: this.#requests,
      openRequests: this.#openRequests,
      tunnels: this.upgrades.open.tunnels,
      openConnections: this.clients.size + (this.#entrance.gate?.waiting ?? 0),
      refusedConnections: this.admission.refused,
      clientLimits: this.clientLimits.stats(),
      isDraining: this.isDraining,
      counts: Object.assign({}, ...this.stages.map((stage) => stage.counts?.())) as FrontStats["counts"],
      upstreams: [...this.defaultRoute.group.stats(), ...(this.#routes?.stats() ?? [])],
    };
  }

  serve(incoming: IncomingMessage, response: ServerResponse, wish: ClientWish): Visit {
    this.#requests += 1;
    this.#openRequests += 1;
    const visit = new Visit(this, incoming, response, wish);
    visit.pass();
    return visit;
  }

  refused(refused: RefusedBytes): void {
    for (const stage of this.stages) stage.answeredBytes?.(refused);
  }

  onOver(): void {
    this.#openRequests -= 1;
  }
}

function shortestTimeoutMs(settings: FrontSettings): number {
  const { connectTimeoutMs, readTimeoutMs, sendTimeoutMs, bodyTimeoutMs } = settings;
  const { tunnelIdleTimeoutMs, queueTimeoutMs, persistIdleMs, minBodyRateAfterMs } = settings;
  const bodyMs = Math.min(bodyTimeoutMs, minBodyRateAfterMs);
  const exchangeMs = Math.min(connectTimeoutMs, readTimeoutMs, sendTimeoutMs, bodyMs);
  return Math.min(exchangeMs, tunnelIdleTimeoutMs, queueTimeoutMs, persistIdleMs);
}
