import type { Socket } from "node:net";
import type { Target } from "../net/endpoint.ts";
import { WorkerSocket } from "./worker-socket.ts";

/** One of the two peers of a relayed connection. */
export type Side = "client" | "worker";

/** How a peer ended its side: in order, or not. */
export type Ending = "FIN" | "RST";

/** Watches one relayed connection. Times are milliseconds since the client connected. */
export interface LinkObserver {
  /** The worker did not accept the connection; the client is cut off. */
  onRefused(error: NodeJS.ErrnoException, atMs: number): void;
  /** A peer sent this. The chunk must not be changed. */
  onBytes(from: Side, chunk: Buffer, atMs: number): void;
  onEnding(of: Side, how: Ending, atMs: number): void;
  /** Both connections are gone. Nothing follows. */
  onClosed(atMs: number): void;
}

/**
 * Two connections, and the bytes of each sent on to the other as they are: at the pace of the slower one,
 * ends and resets included. Nothing ever times out here; that is left to the two peers.
 */
export class RelayLink {
  readonly #client: Socket;
  readonly #worker: WorkerSocket;
  readonly #observer: LinkObserver;
  readonly #onGone: () => void;
  readonly #isTcp: boolean;
  readonly #startedAt = performance.now();
  readonly #broken = new Set<Side>();
  #isConnected = false;
  #open = 2;

  /**
   * @param client - Accepted, and not read from yet.
   * @param context - `onGone` is called last, when both connections are closed.
   */
  constructor(
    client: Socket,
    target: Target,
    context: { readonly observer: LinkObserver; readonly onGone: () => void },
  ) {
    this.#client = client;
    this.#observer = context.observer;
    this.#onGone = context.onGone;
    this.#isTcp = target.type === "tcp";
    this.#worker = new WorkerSocket(target, (block) => this.#fromWorker(block));
    this.#watchWorker(this.#worker);
    this.#watchClient(client);
  }

  /** Cut both connections. */
  cut(): void {
    this.#client.destroy();
    this.#worker.destroy();
  }

  get #now(): number {
    return performance.now() - this.#startedAt;
  }

  #watchWorker(worker: WorkerSocket): void {
    worker.on("connect", () => {
      this.#isConnected = true;
      this.#client.resume();
    });
    worker.on("drain", () => this.#client.resume());
    worker.on("end", () => this.#workerEnded());
    worker.on("error", (error) => this.#workerFailed(error));
    worker.on("close", () => this.#closed());
  }

  #watchClient(client: Socket): void {
    client.on("data", (chunk: Buffer) => this.#fromClient(chunk));
    client.on("drain", () => this.#worker.resume());
    client.on("end", () => this.#ended("client", this.#worker));
    client.on("error", () => this.#failed("client"));
    client.on("close", () => this.#closed());
  }

  #fromWorker(block: Buffer): boolean {
    this.#observer.onBytes("worker", block, this.#now);
    return this.#client.writable ? this.#client.write(block) : true;
  }

  #fromClient(chunk: Buffer): void {
    this.#observer.onBytes("client", chunk, this.#now);
    if (this.#worker.writeError !== undefined) this.#refuse();
    else if (this.#worker.writable && !this.#worker.write(chunk)) this.#client.pause();
  }

  /**
   * The worker takes nothing more. If it has nothing more to say either, the client learns it as it would
   * without a relay.
   */
  #refuse(): void {
    if (this.#worker.readableEnded) this.#failed("worker");
  }

  #ended(side: Side, other: Socket): void {
    this.#observer.onEnding(side, "FIN", this.#now);
    other.end();
  }

  /**
   * Node reports a reset that arrives together with the last data as an orderly end; but a reset connection
   * has no peer. Neither has one that both sides have ended.
   */
  #workerEnded(): void {
    const hasNoPeer = this.#isTcp && this.#worker.remoteAddress === undefined;
    if (!hasNoPeer || this.#worker.writableEnded) {
      this.#ended("worker", this.#client);
      return;
    }
    this.#failed("worker");
  }

  #workerFailed(error: NodeJS.ErrnoException): void {
    if (this.#isConnected) {
      this.#failed("worker");
      return;
    }
    this.#observer.onRefused(error, this.#now);
    resetOnceFlushed(this.#client);
  }

  /** What one peer suffers, the other one is to suffer too, once it has what was sent before. */
  #failed(side: Side): void {
    if (this.#broken.has(side)) return;
    this.#broken.add(side);
    this.#observer.onEnding(side, "RST", this.#now);
    const [lost, other] = side === "client" ? [this.#client, this.#worker] : [this.#worker, this.#client];
    lost.destroy();
    resetOnceFlushed(other);
  }

  #closed(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    this.#observer.onClosed(this.#now);
    this.#onGone();
  }
}

/**
 * What was received before a reset still arrives. And a reset while the end of our side is under way is
 * refused by libuv: Node would forget the socket without ever closing it.
 */
function resetOnceFlushed(socket: Socket): void {
  if (socket.writableEnded && !socket.writableFinished) socket.once("finish", () => reset(socket));
  else if (socket.writableLength === 0) reset(socket);
  else socket.write("", () => reset(socket));
}

/** A Unix socket knows no reset: closing it is the nearest thing. */
function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.remoteFamily === undefined) socket.destroy();
  else socket.resetAndDestroy();
}
