import type { ServerResponse } from "node:http";
import { Duplex } from "node:stream";
import type { Environ, ResponseBody } from "../../gateway/types.ts";
import { AppTimeout, announceTimeout } from "./app-timeout.ts";
import { BlockQueue } from "./block-queue.ts";
import { CLIENT_FACTS, type Described } from "./client-facts.ts";
import { type RawHead, RawResponse } from "./raw-response.ts";

/** What becomes of the response that is written to a {@link FacadeSocket}. */
export interface ResponseTaker {
  /** @returns What is to be done with the body: iterated by the caller of the application. */
  onHead(head: RawHead, body: ResponseBody): void;
  /** The response broke off before its head was complete. */
  onFailed(error: Error): void;
  /** Node's own server listens to the socket, and passes on that it was silent. */
  readonly isServed?: boolean;
}

/** Stands in for the socket where there is none: what is written to it comes out as a head and an iterable body. */
export class FacadeSocket extends Duplex implements Described {
  environ: Environ;
  _httpMessage?: ServerResponse | null;
  bytesRead = 0;
  bytesWritten = 0;
  #onRead: (() => void) | undefined;
  readonly #taker: ResponseTaker;
  readonly #response = new RawResponse();
  readonly #blocks = new BlockQueue();
  #timeout: AppTimeout | undefined;

  constructor(environ: Environ, taker: ResponseTaker) {
    super({ allowHalfOpen: true, highWaterMark: 65_536 });
    this.environ = environ;
    this.#taker = taker;
    // Whoever reads the body is told; without a listener an error would end the process.
    this.on("error", () => {});
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  setTimeout(limitMs: number, callback?: () => void): this {
    if (this.destroyed) return this;
    this.#timeout ??= new AppTimeout(this, () => {
      if (this.#taker.isServed) this.emit("timeout");
      else announceTimeout(this);
    });
    this.#timeout.set(limitMs);
    if (callback) this.once("timeout", callback);
    return this;
  }

  /** Call back when the reading side wants more. */
  onceRead(callback: () => void): void {
    this.#onRead = callback;
  }

  override _read(): void {
    const callback = this.#onRead;
    this.#onRead = undefined;
    callback?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, taken: () => void): void {
    this.bytesWritten += chunk.length;
    const hadHead = this.#response.head !== undefined;
    const block = this.#response.receive(chunk);
    const { head } = this.#response;
    if (head && !hadHead) this.#taker.onHead(head, this.#blocks);
    if (block) this.#blocks.put(block, taken);
    else taken();
  }

  override _final(done: () => void): void {
    if (this.#response.head === undefined)
      this.#taker.onFailed(new Error("the application sent no response"));
    this.#blocks.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#timeout?.clear();
    const reason = error ?? new Error("the application destroyed its response");
    if (this.#response.head === undefined) this.#taker.onFailed(reason);
    else if (error || this._httpMessage) this.#blocks.fail(reason);
    // Whoever writes an answer without a response object may destroy the socket behind it.
    else this.#blocks.end();
    done(error);
  }
}

Object.defineProperties(FacadeSocket.prototype, CLIENT_FACTS);
