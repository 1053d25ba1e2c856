import { UpstreamError } from "../errors.ts";
import type { Deadlined, Deadlines } from "../net/deadlines.ts";
import { formatEndpoint, type Target } from "../net/endpoint.ts";
import type { UpstreamSocket } from "../net/upstream-socket.ts";
import { WaitingLine } from "../net/waiting-line.ts";
import { type FinishedUse, type ReuseLimits, reusableForMs } from "./reuse-rule.ts";
import { type ConnectionOwner, type ConnectionUser, UpstreamConnection } from "./upstream-connection.ts";

/** Limits of an {@link Upstream}. */
export interface UpstreamLimits extends ReuseLimits {
  /** Connections to the server at the same time; more requests wait. */
  readonly maxConnections: number;
  /** Requests that may wait for a connection; more are refused. */
  readonly maxWaiting: number;
}

/** Connections of an upstream, by what they do. */
export interface UpstreamStats {
  readonly target: string;
  /** Carrying a request, or being made. */
  readonly busy: number;
  readonly idle: number;
  /** Requests that wait for a connection. */
  readonly waiting: number;
}

/** A {@link FinishedUse}, as far as whoever used the connection knows it. */
export type ReleasedUse = Omit<FinishedUse, "requests" | "ageMs"> & {
  /** The packet offered to keep the connection. */
  readonly wasOffered: boolean;
};

/** For a single exchange. */
export const ONE_SHOT: UpstreamLimits = {
  persistIdleMs: 0,
  maxRequestsPerConnection: 1,
  maxConnectionAgeMs: 0,
  maxConnections: 1,
  maxWaiting: 1,
};

/** After a full backlog: the first and the longest pause before the next attempt. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 64;
/** A server that does not keep connections is asked again after this time. */
const ASK_AGAIN_MS = 60_000;

/**
 * One uwsgi server and the connections to it.
 *
 * First come, first served: while somebody waits, nobody who comes later gets a connection before him. A full backlog is no failure:
 * one attempt at a time is made, with growing pauses, and everybody else waits behind it.
 */
export class Upstream implements ConnectionOwner {
  readonly target: Target;
  readonly #limits: UpstreamLimits;
  readonly #deadlines: Deadlines<Deadlined>;
  readonly #idle: UpstreamConnection[] = [];
  readonly #waiting = new WaitingLine<ConnectionUser>();
  #open = 0;
  #pauseMs = 0;
  #pause: NodeJS.Timeout | undefined;
  #hasAccepted = false;
  #askAgainAt = 0;
  #isClosed = false;

  constructor(target: Target, deadlines: Deadlines<Deadlined>, limits: UpstreamLimits) {
    this.target = target;
    this.#deadlines = deadlines;
    this.#limits = limits;
  }

  /** Whether to offer the server to keep the connection: until it has shown that it does not. */
  get isOffered(): boolean {
    return this.#limits.persistIdleMs > 0 && this.mayBeOurs && !this.#isClosed;
  }

  /** The server keeps connections, or was not asked lately. */
  get mayBeOurs(): boolean {
    return this.#hasAccepted || this.#deadlines.now >= this.#askAgainAt;
  }

  /** The server has kept connections before: it is one of ours. */
  get keepsConnections(): boolean {
    return this.#hasAccepted;
  }

  stats(): UpstreamStats {
    const idle = this.#idle.length;
    return {
      target: formatEndpoint(this.target),
      busy: this.#open - idle,
      idle,
      waiting: this.#waiting.size,
    };
  }

  /**
   * Ask for a connection, which arrives at `onReady`: at once, when one is idle.
   *
   * @throws {@link UpstreamError} `UWB_ERR_UPSTREAM_BUSY` when too many wait already.
   */
  acquire(user: ConnectionUser): void {
    const isFresh = user.needsFresh;
    const [oldest] = this.#idle;
    if (isFresh && !this.#hasRoom && oldest) this.onSpoilt(oldest);
    if (this.#lendIdle(user)) return;
    if (this.#hasRoom && this.#waiting.size === 0) {
      this.#connect(user);
    } else if (this.#waiting.size < this.#limits.maxWaiting) {
      this.#waiting.push(user);
    } else {
      throw this.busyError(`${this.#waiting.size} requests wait for a connection already`);
    }
  }

  /** Stop waiting for a connection. */
  leave(user: ConnectionUser): void {
    this.#waiting.remove(user);
  }

  /** A response is complete: keep its connection for the next request, or close it. */
  release(connection: UpstreamConnection, use: ReleasedUse): void {
    const { now } = this.#deadlines;
    if (use.acceptedIdleMs !== undefined) this.#hasAccepted = true;
    else if (use.wasOffered && !this.#hasAccepted) this.#askAgainAt = now + ASK_AGAIN_MS;
    const known = { ...use, requests: connection.requests, ageMs: now - connection.openedAt };
    const idleMs = this.#isClosed ? 0 : reusableForMs(known, this.#limits);
    if (idleMs === 0) {
      this.discard(connection);
      return;
    }
    const next = this.#waiting.first;
    if (next?.needsFresh) {
      // Whose turn it is gets a new one in its place.
      this.discard(connection);
      return;
    }
    if (next) {
      this.#waiting.remove(next);
      connection.lend(next);
      return;
    }
    connection.rest(now + idleMs);
    this.#deadlines.watch(connection);
    this.#idle.push(connection);
  }

  /** A connection can not be used again. */
  discard(connection: UpstreamConnection): void {
    connection.destroy();
    this.#open -= 1;
    this.#serveNext();
  }

  /** A connection switches protocols: it is the caller's from now on. */
  giveAway(connection: UpstreamConnection): UpstreamSocket {
    this.#open -= 1;
    this.#serveNext();
    return connection.detach();
  }

  /** Close what is idle, and from now on what becomes so. Requests in progress, and those that wait, go on. */
  close(): void {
    this.#isClosed = true;
    for (const connection of [...this.#idle]) this.onSpoilt(connection);
  }

  onSpoilt(connection: UpstreamConnection): void {
    const place = this.#idle.indexOf(connection);
    if (place === -1) return;
    this.#idle.splice(place, 1);
    this.#deadlines.forget(connection);
    this.discard(connection);
  }

  onConnected(): void {
    this.#pauseMs = 0;
    // Two for one: an attempt at a time while the backlog is full, and soon all of them when it is not.
    this.#serveNext();
    this.#serveNext();
  }

  onBusy(connection: UpstreamConnection, user: ConnectionUser): void {
    connection.destroy();
    this.#open -= 1;
    user.onWaiting();
    if (this.#lendIdle(user)) return;
    this.#waiting.unshift(user);
    if (this.#pause) return;
    this.#pauseMs = Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2));
    this.#pause = setTimeout(() => this.#pauseOver(), this.#pauseMs).unref();
  }

  /** The error of a request that found no connection in time. */
  busyError(why: string): UpstreamError {
    return new UpstreamError("UWB_ERR_UPSTREAM_BUSY", `${formatEndpoint(this.target)} is busy: ${why}`, 503);
  }

  get #hasRoom(): boolean {
    return this.#open < this.#limits.maxConnections;
  }

  #lendIdle(user: ConnectionUser): boolean {
    const idle = user.needsFresh ? undefined : this.#idle.pop();
    if (!idle) return false;
    this.#deadlines.forget(idle);
    idle.lend(user);
    return true;
  }

  #pauseOver(): void {
    this.#pause = undefined;
    this.#serveNext();
  }

  #serveNext(): void {
    if (!this.#hasRoom) return;
    const next = this.#waiting.shift();
    if (next) this.#connect(next);
  }

  #connect(user: ConnectionUser): void {
    this.#open += 1;
    user.onConnecting(new UpstreamConnection(this.target, this, user));
  }
}
