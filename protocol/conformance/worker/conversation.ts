import { connect, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { Answer, type Ending } from "./answer.ts";
import type { WorkerTarget } from "./worker-target.ts";

/** A whole response and this much silence: the connection counts as left open. */
const QUIET_MS = 1000;

/** Options of {@link Conversation}. */
export interface ConversationOptions {
  /** Cuts the connection. */
  readonly signal: AbortSignal;
  /** Longest time to listen, in milliseconds. */
  readonly timeoutMs: number;
  /** Method of the request: decides when a response is whole. @defaultValue `"GET"` */
  readonly method?: string;
}

/** One connection to a worker: what is written, what is heard, and how it ends. */
export class Conversation {
  readonly #socket: Socket;
  readonly #options: ConversationOptions;
  readonly #chunks: Buffer[] = [];
  readonly #ended: Promise<void>;
  #settle: () => void = () => undefined;
  #ending: Ending | undefined;
  #isStuck = false;
  #writtenAt = performance.now();
  #firstByteAt = 0;
  #lastByteAt = 0;
  #onHeard: (() => void) | undefined;

  /** @throws {@link Error} when the worker can not be reached: nothing is known then. */
  static open(target: WorkerTarget, options: ConversationOptions): Promise<Conversation> {
    return new Promise((resolve, reject) => {
      const socket = connect({ ...target, allowHalfOpen: true, noDelay: true });
      socket.once("error", (error) => reject(new Error(`no connection: ${error.message}`, { cause: error })));
      socket.once("connect", () => {
        socket.removeAllListeners("error");
        resolve(new Conversation(socket, options));
      });
      options.signal.addEventListener("abort", () => socket.destroy(), { once: true });
    });
  }

  private constructor(socket: Socket, options: ConversationOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    socket.on("data", (chunk) => this.#heard(chunk));
    socket.on("end", () => this.#finish("fin"));
    socket.on("error", () => this.#finish("reset"));
    socket.on("close", () => this.#finish("ours"));
  }

  /** Everything heard so far. */
  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get hasEnded(): boolean {
    return this.#ending !== undefined;
  }

  /** Write pieces, each in a turn of its own. Stops quietly when the worker has closed the connection, or takes nothing more. */
  async write(parts: readonly Buffer[]): Promise<void> {
    for (const part of parts) {
      if (this.#socket.destroyed || this.#isStuck) return;
      const isTaken = this.#socket.write(part);
      if (!isTaken) await this.#drained();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#writtenAt = performance.now();
  }

  /** Close our sending side. */
  end(): void {
    this.#socket.end();
  }

  /** Close both sides in order. */
  close(): void {
    this.#finish("ours");
    this.#socket.end();
    this.#socket.resume();
    this.#socket.destroySoon();
  }

  /** Leave without a word: a reset over TCP. A Unix socket has none to send. */
  leave(): void {
    this.#finish("ours");
    if (this.#socket.remoteFamily === undefined) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  /** Take nothing of what the worker sends until {@link answer} is called. */
  pause(): void {
    this.#socket.pause();
  }

  /** Wait until at least `count` bytes were heard. @returns whether they were, before the end or the time limit */
  async untilBytes(count: number): Promise<boolean> {
    const deadline = performance.now() + this.#options.timeoutMs;
    while (!this.hasEnded && this.#heardBytes < count && performance.now() < deadline) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deadline - performance.now());
        this.#onHeard = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.#heardBytes >= count;
  }

  /** Listen to the end, and close. Ends earlier when the response is whole and nothing follows it. */
  async answer(): Promise<Answer> {
    this.#socket.resume();
    const deadline = performance.now() + this.#options.timeoutMs;
    while (!this.hasEnded) {
      const left = deadline - performance.now();
      if (left <= 0) break;
      const before = this.#heardBytes;
      await this.#endedWithin(Math.min(left, QUIET_MS));
      if (this.#heardBytes === before && this.#isWhole) break;
    }
    const answer = new Answer(this.bytes, this.#ending ?? "open", this.#heardMs);
    this.#finish("ours");
    this.#socket.destroy();
    return answer;
  }

  get #heardMs(): readonly [first: number, last: number] | undefined {
    if (this.#chunks.length === 0) return undefined;
    return [this.#firstByteAt - this.#writtenAt, this.#lastByteAt - this.#writtenAt];
  }

  get #heardBytes(): number {
    return this.#chunks.reduce((sum, { length }) => sum + length, 0);
  }

  get #isWhole(): boolean {
    return new Answer(this.bytes, "open").isWhole(this.#options.method ?? "GET");
  }

  #heard(chunk: Buffer): void {
    this.#lastByteAt = performance.now();
    if (this.#chunks.length === 0) this.#firstByteAt = this.#lastByteAt;
    this.#chunks.push(chunk);
    this.#onHeard?.();
  }

  #finish(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#settle();
    this.#onHeard?.();
  }

  #endedWithin(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs);
      void this.#ended.then(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** The socket takes bytes again, or never will, or has not for too long. */
  #drained(): Promise<void> {
    const events = ["drain", "close", "error"];
    return new Promise((resolve) => {
      const go = (): void => {
        clearTimeout(timer);
        for (const event of events) this.#socket.off(event, go);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#isStuck = true;
        go();
      }, this.#options.timeoutMs);
      for (const event of events) this.#socket.on(event, go);
    });
  }
}
