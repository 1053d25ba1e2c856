import type { Socket } from "node:net";
import type { TakenConnection } from "../../client/exchange-handler.ts";
import type { Deadlined, Deadlines } from "../../net/deadlines.ts";
import { countRead } from "../../net/read-garbage.ts";
import type { UpstreamSocket } from "../../net/upstream-socket.ts";
import type { Upgraded } from "./open-upgrades.ts";

/** Silence after which the system asks whether the other machine is still there. */
const KEEP_ALIVE_PROBE_MS = 60_000;

/** What a tunnel needs to know of its front. */
export interface TunnelContext {
  readonly deadlines: Deadlines<Deadlined>;
  /** Longest time in which neither side says anything. */
  readonly idleTimeoutMs: number;
  /** Both ends are closed. */
  readonly onClosed: (tunnel: Tunnel) => void;
}

/**
 * A client and a worker that have switched protocols: bytes both ways, at the pace of whoever is slower. The end of one side's
 * stream is passed on and leaves the other direction open; a connection that breaks takes the other one with it.
 */
export class Tunnel implements Deadlined, Upgraded {
  readonly isTunnel = true;
  deadline: number;
  slot = -1;
  readonly #client: Socket;
  readonly #worker: UpstreamSocket;
  readonly #context: TunnelContext;
  #openEnds = 2;

  constructor(client: Socket, worker: UpstreamSocket, context: TunnelContext) {
    this.#client = client;
    this.#worker = worker;
    this.#context = context;
    this.deadline = context.deadlines.now + context.idleTimeoutMs;
    context.deadlines.watch(this);
    for (const socket of [client, worker]) {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
    }
  }

  /**
   * Begin.
   *
   * @param answer - The 101 for the client.
   * @param early - What the client sent before it had the 101.
   */
  start(answer: string, early: Buffer, { head }: TakenConnection): void {
    this.#client.write(answer, "latin1");
    if (head.length > 0) this.#client.write(head);
    if (early.length > 0) this.#worker.write(early);
    this.#pump(this.#client, this.#worker);
    this.#pump(this.#worker, this.#client);
  }

  cut(): void {
    this.#client.destroy();
    this.#worker.destroy();
  }

  onDeadline(): void {
    this.cut();
  }

  #pump(from: Socket, to: Socket): void {
    from.on("data", (chunk: Buffer) => {
      this.#touch();
      countRead(chunk.length);
      if (this.#isWorkerGone) this.cut();
      else if (to.writable && !to.write(chunk)) from.pause();
    });
    to.on("drain", () => {
      this.#touch();
      from.resume();
    });
    from.on("end", () => to.end());
    from.on("error", () => this.cut());
    from.on("close", () => this.#closed(from, to));
    // Whoever ended, or closed, before anybody listened does not say so again.
    if (from.readableEnded) to.end();
    if (from.closed) this.#closed(from, to);
  }

  #closed(from: Socket, to: Socket): void {
    // What was read before the end is still on its way; what broke off is not to look like an end.
    if (!from.readableEnded) to.destroy();
    this.#openEnds -= 1;
    if (this.#openEnds > 0) return;
    this.#context.deadlines.forget(this);
    this.#context.onClosed(this);
  }

  /** It said all it had to say, and takes nothing more: such a socket bears failed writes without a word. */
  get #isWorkerGone(): boolean {
    return this.#worker.readableEnded && this.#worker.writeError !== undefined;
  }

  #touch(): void {
    this.deadline = this.#context.deadlines.now + this.#context.idleTimeoutMs;
  }
}
