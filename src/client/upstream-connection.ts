import type { Deadlined } from "../net/deadlines.ts";
import type { Target } from "../net/endpoint.ts";
import { countRead } from "../net/read-garbage.ts";
import { UpstreamSocket } from "../net/upstream-socket.ts";

/** Whoever uses a connection at present. */
export interface ConnectionUser {
  /** Takes no connection that was used before. */
  readonly needsFresh: boolean;
  /** The connection is being made. */
  onConnecting(connection: UpstreamConnection): void;
  /** It has to wait after all: the backlog of the server is full. */
  onWaiting(): void;
  /** The connection is there, and ours until it is released. */
  onReady(connection: UpstreamConnection): void;
  onData(chunk: Buffer): void;
  /** The server closed its side in an orderly way. */
  onEnded(): void;
  /** The connection failed, or was reset; before {@link onReady}: could not be made. */
  onBroken(error: NodeJS.ErrnoException | undefined): void;
}

/** Whom a connection belongs to. */
export interface ConnectionOwner {
  /** Nobody uses it, and it can not be used again: something happened on it, or it waited long enough. */
  onSpoilt(connection: UpstreamConnection): void;
  /** It was made. */
  onConnected(): void;
  /** It could not be made for now: the backlog of the server is full. */
  onBusy(connection: UpstreamConnection, user: ConnectionUser): void;
}

/** One connection to a uwsgi server. While nobody uses it, any byte, an end or an error spoils it. */
export class UpstreamConnection implements Deadlined {
  deadline: number = Number.POSITIVE_INFINITY;
  slot = -1;
  readonly socket: UpstreamSocket;
  readonly openedAt: number = performance.now();
  /** Requests it has carried. */
  requests = 0;
  readonly #owner: ConnectionOwner;
  readonly #isTcp: boolean;
  #user: ConnectionUser | undefined;
  #isConnected = false;

  constructor(target: Target, owner: ConnectionOwner, user: ConnectionUser) {
    this.#owner = owner;
    this.#isTcp = target.type === "tcp";
    this.#user = user;
    this.socket = open(target);
    this.socket.on("connect", () => this.#connected());
    this.socket.on("data", (chunk: Buffer) => this.#received(chunk));
    this.socket.on("end", () => this.#ended());
    this.socket.on("error", (error: NodeJS.ErrnoException) => this.#broken(error));
    this.socket.on("close", () => this.#broken(undefined));
  }

  /** It carried a request before the present one. */
  get isReused(): boolean {
    return this.requests > 1;
  }

  /**
   * The server reset the connection. Node reports that as an orderly end when it arrives together with the last data; a TCP connection that
   * was reset has no peer any more.
   */
  get wasReset(): boolean {
    return this.#isTcp && this.socket.remoteAddress === undefined;
  }

  /** Give it to its next user. */
  lend(user: ConnectionUser): void {
    this.deadline = Number.POSITIVE_INFINITY;
    this.#user = user;
    this.requests += 1;
    // Its last user may have stopped it for a slow client of his.
    if (this.socket.isPaused()) this.socket.resume();
    user.onReady(this);
  }

  /** Nobody uses it for now. */
  rest(deadline: number): void {
    this.#user = undefined;
    this.deadline = deadline;
    if (this.socket.isPaused()) this.socket.resume();
  }

  /** Let the socket go as it is, to somebody who listens at once. */
  detach(): UpstreamSocket {
    this.#user = undefined;
    for (const event of ["data", "end", "error", "close"]) this.socket.removeAllListeners(event);
    // Until somebody looks after it: an error without a listener would end the process.
    this.socket.on("error", () => undefined);
    this.socket.allowHalfOpen = true;
    return this.socket;
  }

  /** Close it; its user hears nothing more. */
  destroy(): void {
    this.#user = undefined;
    this.socket.destroy();
  }

  onDeadline(): void {
    this.#owner.onSpoilt(this);
  }

  #connected(): void {
    this.#isConnected = true;
    if (this.#user) this.lend(this.#user);
    this.#owner.onConnected();
  }

  #received(chunk: Buffer): void {
    countRead(chunk.length);
    if (this.#user) this.#user.onData(chunk);
    else this.#owner.onSpoilt(this);
  }

  #ended(): void {
    if (!this.#user) this.#owner.onSpoilt(this);
    else if (this.wasReset) this.#user.onBroken(undefined);
    else this.#user.onEnded();
  }

  #broken(error: NodeJS.ErrnoException | undefined): void {
    const user = this.#user;
    if (!user) this.#owner.onSpoilt(this);
    else if (!this.#isConnected && error?.code === "EAGAIN") this.#owner.onBusy(this, user);
    else user.onBroken(error);
  }
}

function open(target: Target): UpstreamSocket {
  const socket = new UpstreamSocket();
  if (target.type === "unix") return socket.connect({ path: target.path });
  return socket.setNoDelay(true).connect({ host: target.host, port: target.port });
}
