import { createServer, type Server, type Socket } from "node:net";
import { ConfigError } from "../errors.ts";
import type { ServerFacts } from "../gateway/create-environ.ts";
import { type DirectHandler, directHandlerOf } from "../gateway/direct.ts";
import type { Application, HeaderPair } from "../gateway/types.ts";
import { acceptCheaply } from "../net/accept.ts";
import { logAcceptErrors } from "../net/accept-errors.ts";
import { emptyAcceptQueue } from "../net/accept-queue.ts";
import type { Admission } from "../net/admission.ts";
import { AllowList } from "../net/allow-list.ts";
import { warnOfCutBacklog } from "../net/backlog.ts";
import { Deadlines } from "../net/deadlines.ts";
import { type Endpoint, formatEndpoint, isLoopbackHost } from "../net/endpoint.ts";
import { type Listener, type ListenOptions, listen } from "../net/listen.ts";
import { VERSION } from "../version.ts";
import { admissionOf } from "./admission.ts";
import { Connection, type ConnectionHost } from "./connection.ts";
import { acceptance } from "./kept-response.ts";
import { resolveWorkerOptions, type WorkerOptions, type WorkerSettings } from "./options.ts";
import { RequestSlots } from "./request-slots.ts";
import type { RunningRequest } from "./running-request.ts";

/** What a worker has done and is doing. */
export interface WorkerStats {
  /** Connections refused because their address is not on the allow list. */
  readonly forbidden: number;
  /** Requests received since the start. */
  readonly requests: number;
  /** Requests that ended in an error of the application. */
  readonly exceptions: number;
  /** Time from the start of each request to its end, added up, in milliseconds. */
  readonly answerMs: number;
  /** Bytes sent on connections that are closed. */
  readonly sentBytes: number;
  readonly openConnections: number;
  /** Connections turned away because there were too many. */
  readonly refusedConnections: number;
  readonly runningRequests: number;
  readonly waitingRequests: number;
  /** Connections that have switched to another protocol and are open. They hold no place among the running requests. */
  readonly tunnels: number;
}

/** A uwsgi server that runs one gateway application. */
export interface Worker {
  /**
   * Listen on an address; may be called for several.
   *
   * @returns The address in use, with the real port when 0 was asked for.
   */
  listen(endpoint: Endpoint, options?: ListenOptions): Promise<Endpoint>;
  /**
   * Accept what has queued up and no more, finish what runs, then close.
   *
   * @param timeoutMs - Requests still running after this time, and connections that have switched protocols, are aborted through their
   *   signal and cut. @defaultValue 30 000
   */
  close(timeoutMs?: number): Promise<void>;
  stats(): WorkerStats;
  /** The requests in progress. */
  running(): RunningRequest[];
  /** Descriptors of the connections that are kept, whose last response has left, and on which nothing was read of a further request. */
  resting(): number[];
  /** The requests that run for so long, in milliseconds, and of whose answer nothing was sent. */
  overdue(limitMs: number): OverdueRequest[];
}

/** A request whose time is over. */
export interface OverdueRequest {
  readonly request: RunningRequest;
  /** Answer 504, and tell the application by the signal of the request. */
  readonly expire: () => void;
  /** Whether the application is done with it. */
  readonly isOver: () => boolean;
}

const DEFAULT_CLOSE_TIMEOUT_MS = 30_000;

/**
 * Create a worker for an application. It listens only after {@link Worker.listen}.
 *
 * @throws {@link ConfigError} when an option is out of its range.
 *
 * @example
 * const worker = createWorker((environ, startResponse) => {
 *   startResponse("200 OK", [["Content-Type", "text/plain"]]);
 *   return [Buffer.from("Hello\n")];
 * });
 * await worker.listen({ type: "unix", path: "/run/app.sock" });
 */
export function createWorker(app: Application, options: WorkerOptions = {}): Worker {
  return new UwsgiWorker(app, options);
}

class UwsgiWorker implements Worker, ConnectionHost {
  readonly app: Application;
  readonly directHandler: DirectHandler | undefined;
  readonly settings: WorkerSettings;
  readonly facts: ServerFacts;
  readonly slots: RequestSlots;
  readonly connections: Deadlines<Connection>;
  readonly #admission: Admission;
  readonly #allowList: AllowList;
  readonly #hasDefaultAllowList: boolean;
  readonly #listens: { server: Server; listener: Listener }[] = [];
  readonly #seenModifiers = new Set<number>();
  #forbidden = 0;
  #requests = 0;
  #tunnels = 0;
  #exceptions = 0;
  #answerMs = 0;
  #sentBytes = 0;
  #onDrained: (() => void) | undefined;
  #acceptance: HeaderPair | undefined;

  constructor(app: Application, options: WorkerOptions) {
    this.app = app;
    this.directHandler = directHandlerOf(app);
    this.settings = resolveWorkerOptions(options);
    this.facts = {
      version: VERSION,
      worker: this.settings.workerNumber,
      multiprocess: this.settings.multiprocess,
      concurrent: this.settings.maxConcurrentRequests > 1,
      state: this.settings.state,
    };
    this.#acceptance = this.settings.persist ? acceptance(this.settings.persistIdleMs) : undefined;
    this.slots = new RequestSlots(this.settings.maxConcurrentRequests, this.settings.maxQueuedRequests);
    this.connections = new Deadlines(Math.min(this.settings.headerTimeoutMs, this.settings.lingerTimeoutMs));
    this.#admission = admissionOf(this.settings);
    this.#allowList = new AllowList(this.settings.allowFrom, "allowFrom");
    this.#hasDefaultAllowList = options.allowFrom === undefined;
  }

  get acceptance(): HeaderPair | undefined {
    return this.#acceptance;
  }

  async listen(endpoint: Endpoint, options: ListenOptions = {}): Promise<Endpoint> {
    const isLocal = endpoint.type === "tcp" && isLoopbackHost(endpoint.host);
    if (endpoint.type === "tcp" && this.#hasDefaultAllowList && !isLocal) {
      throw new ConfigError(
        "allowFrom",
        `${formatEndpoint(endpoint)} can be reached from other machines, and the uwsgi protocol has no authentication: ` +
          "say with allowFrom (--allow-from) which addresses may connect",
      );
    }
    if (options.fd === undefined) warnOfCutBacklog(this.settings.log, options.backlog);
    // An address is a system call per connection: spared where only this machine can connect, and all of it may.
    const isGuarded = endpoint.type !== "unix" && !(isLocal && this.#hasDefaultAllowList);
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      if (!this.#admission.admits(socket, this.connections.size)) return;
      if (!isGuarded || this.#mayConnect(socket)) new Connection(socket, this);
    });
    logAcceptErrors(server, this.settings.log);
    const listener = await listen(server, endpoint, options);
    acceptCheaply(server);
    this.#listens.push({ server, listener });
    this.#admission.open();
    return listener.endpoint;
  }

  async close(timeoutMs: number = DEFAULT_CLOSE_TIMEOUT_MS): Promise<void> {
    const listens = this.#listens.splice(0);
    this.#acceptance = undefined;
    this.#retire();
    await Promise.all(listens.map(({ listener }) => listener.release()));
    await emptyAcceptQueue(listens.map(({ server }) => server));
    for (const { server } of listens) server.close();
    this.#retire();
    await this.#drained(timeoutMs);
    for (const connection of this.connections.snapshot()) connection.cut();
    this.#admission.close();
    this.connections.stop();
  }

  stats(): WorkerStats {
    return {
      forbidden: this.#forbidden,
      requests: this.#requests,
      exceptions: this.#exceptions,
      answerMs: this.#answerMs,
      sentBytes: this.#sentBytes,
      openConnections: this.connections.size,
      refusedConnections: this.#admission.refused,
      runningRequests: this.slots.running,
      waitingRequests: this.slots.waiting,
      tunnels: this.#tunnels,
    };
  }

  running(): RunningRequest[] {
    return this.connections.snapshot().flatMap(({ running }) => (running ? [running.describe()] : []));
  }

  resting(): number[] {
    return this.connections.snapshot().flatMap(({ restingFd }) => (restingFd >= 0 ? [restingFd] : []));
  }

  overdue(limitMs: number): OverdueRequest[] {
    const latest = this.connections.now - limitMs;
    const found: OverdueRequest[] = [];
    for (const connection of this.connections.snapshot()) {
      const { running } = connection;
      if (!running || running.startedAt > latest) continue;
      const request = running.describe();
      if (request.hasAnswered) continue;
      found.push({ request, expire: () => connection.expire(), isOver: () => running.isFinished });
    }
    return found;
  }

  onRequest(): void {
    this.#requests += 1;
  }

  onFinished(ms: number, hasFailed: boolean): void {
    this.#answerMs += ms;
    if (hasFailed) this.#exceptions += 1;
    this.slots.release();
    if (this.slots.waiting > 0) setImmediate(() => this.slots.next()?.run());
  }

  onUnknownModifier(modifier1: number): void {
    if (this.#seenModifiers.has(modifier1)) return;
    this.#seenModifiers.add(modifier1);
    this.settings.log.warn({ modifier1 }, "a peer sent a modifier this worker does not serve; logged once");
  }

  onTunnel(): void {
    this.#tunnels += 1;
  }

  onClosed(wasTunnel: boolean, bytesSent: number): void {
    if (wasTunnel) this.#tunnels -= 1;
    this.#sentBytes += bytesSent;
    if (this.connections.size === 0) this.#onDrained?.();
  }

  #retire(): void {
    for (const connection of this.connections.snapshot()) connection.retire();
  }

  #mayConnect(socket: Socket): boolean {
    const address = socket.remoteAddress;
    if (address === undefined || this.#allowList.allows(address)) return true;
    this.#forbidden += 1;
    this.settings.log.warn({ address }, "a peer that is not on the allow list was refused");
    socket.destroy();
    return false;
  }

  #drained(timeoutMs: number): Promise<void> {
    if (this.connections.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#onDrained = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
