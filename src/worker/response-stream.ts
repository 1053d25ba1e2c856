import type { Socket } from "node:net";
import { latin1Text } from "../codec/latin1-text.ts";
import { type HeaderPair, type ResponseHead, responseHeadText } from "../codec/response-head.ts";
import { RESET_DELAY_MS } from "../gateway/reset-delay.ts";
import type { FirstBlock, ResponseSink } from "../gateway/response-sink.ts";
import { keptHead, LAST_CHUNK } from "./kept-response.ts";

/** Blocks up to this size travel in the same string as the head: one write instead of two. */
const ONE_WRITE_BYTES = 4096;
/** A synchronous body may keep the event loop to itself for this long. */
const TURN_MS = 5;

/** What the stream tells its connection. */
export interface ResponseListener {
  /** Everything was handed to the socket, its end included. */
  onResponded(): void;
  /** The peer does not take what was written; false: it does again. */
  onBlocked(isBlocked: boolean): void;
}

/** Decides whether a connection is kept behind its response. */
export interface Keeper {
  /** The field that says so to the peer, which has offered it; `undefined`: it is closed. */
  readonly acceptance: HeaderPair | undefined;
}

/**
 * The response to one request, on an accepted socket. It ends with a FIN, and has no chunked coding, no 1xx and no keep-alive: those
 * would reach the browser as text through the fronts people run. Only for a peer that offered to keep the connection is it framed, so that the body
 * shows its own end and another request may follow.
 *
 * @see protocol/README.md, "Response" and "Closing"
 */
export class ResponseStream implements ResponseSink {
  readonly #socket: Socket;
  readonly #listener: ResponseListener;
  #isGone = false;
  #isEnded = false;
  /** The body has no length: where it ends is where the connection ends. */
  #endsWithConnection = false;
  #isWhole = false;
  #drained: { promise: Promise<void>; resolve: () => void } | undefined;
  #turnStarted = 0;
  readonly #keeper: Keeper | undefined;
  readonly #isHead: boolean;
  #isKept = false;
  #isChunked = false;

  /** @param request - Its method, and who decides on a connection that the peer offered to keep. */
  constructor(
    socket: Socket,
    listener: ResponseListener,
    request: { readonly method: string; readonly keeper: Keeper | undefined },
  ) {
    this.#socket = socket;
    this.#listener = listener;
    this.#keeper = request.keeper;
    this.#isHead = request.method === "HEAD";
  }

  /** The response is whole, and the peer was told that the connection is kept. */
  get isKept(): boolean {
    return this.#isKept && this.#isWhole;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** The response was completed or aborted. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** The system has taken everything that was written. */
  get isFlushed(): boolean {
    return this.#socket.writableLength === 0;
  }

  start(head: ResponseHead, first: FirstBlock): Promise<void> | undefined {
    const { block, isLast } = first;
    const text = this.#headText(head, first);
    if (!block) return this.#send(text, isLast);
    if (block.length <= ONE_WRITE_BYTES) return this.#send(text + this.#framedText(block), isLast);
    this.#socket.cork();
    this.#socket.write(text, "latin1");
    const isFull = this.#sendFramed(block, isLast);
    this.#socket.uncork();
    return isFull;
  }

  write(block: Uint8Array, isLast: boolean): Promise<void> | undefined {
    if (block.length <= ONE_WRITE_BYTES && this.#isChunked)
      return this.#send(this.#framedText(block), isLast);
    return this.#sendFramed(block, isLast);
  }

  end(): void {
    if (this.#isGone || this.#isEnded) return;
    if (this.#isChunked) this.#socket.write(LAST_CHUNK, "latin1");
    this.#finish();
  }

  /**
   * A body that announced its length is short when the connection ends, and everybody can see it. One that did not looks complete
   * after a FIN, so a TCP connection is reset. A Unix socket has no reset.
   */
  abort(): void {
    if (this.#isGone || this.#isEnded) return;
    this.#isEnded = true;
    // What was written before the failure is sent first: a reset throws away what the system has not sent yet.
    if (this.#mustReset) this.#socket.write("", () => setTimeout(() => this.cut(), RESET_DELAY_MS));
    else this.#socket.end();
    this.#listener.onResponded();
  }

  /** Close the connection now, whatever has been sent. */
  cut(): void {
    if (this.#mustReset) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  breathe(): Promise<void> | undefined {
    const now = performance.now();
    if (this.#turnStarted === 0) this.#turnStarted = now;
    if (now - this.#turnStarted < TURN_MS) return undefined;
    this.#turnStarted = 0;
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** The peer left: whatever waits for it goes on, and finds {@link isGone}. */
  leave(): void {
    this.#isGone = true;
    this.#drained?.resolve();
    this.#drained = undefined;
  }

  /** An orderly end would make what was sent so far look like a whole response. */
  get #mustReset(): boolean {
    if (!this.#endsWithConnection || this.#socket.remoteFamily === undefined) return false;
    return !this.#isWhole || !this.isFlushed;
  }

  #headText(head: ResponseHead, first: FirstBlock): string {
    const accept = this.#keeper?.acceptance;
    if (!accept) {
      this.#endsWithConnection = first.bodyLength === undefined;
      return responseHeadText(head);
    }
    const { text, isChunked } = keptHead(head, first, { isHead: this.#isHead, accept });
    this.#isKept = true;
    this.#isChunked = isChunked;
    return text;
  }

  #framedText(block: Uint8Array): string {
    const text = latin1Text(block);
    return this.#isChunked ? `${block.length.toString(16)}\r\n${text}\r\n` : text;
  }

  #sendFramed(block: Uint8Array, isLast: boolean): Promise<void> | undefined {
    if (!this.#isChunked) return this.#send(block, isLast);
    this.#socket.cork();
    this.#socket.write(`${block.length.toString(16)}\r\n`, "latin1");
    this.#socket.write(block);
    const isFull = this.#send("\r\n", isLast);
    this.#socket.uncork();
    return isFull;
  }

  #finish(): void {
    this.#isEnded = true;
    this.#isWhole = true;
    if (!this.#isKept) this.#socket.end();
    this.#listener.onResponded();
  }

  #send(bytes: string | Uint8Array, isLast: boolean): Promise<void> | undefined {
    if (this.#isGone || this.#isEnded) return undefined;
    if (isLast) {
      this.#isEnded = true;
      this.#isWhole = true;
      if (this.#isKept) this.#socket.write(bytes, "latin1");
      else this.#socket.end(bytes, "latin1");
      this.#listener.onResponded();
      return undefined;
    }
    this.#socket.setNoDelay(true);
    return this.#socket.write(bytes, "latin1") ? undefined : this.#untilDrained();
  }

  #untilDrained(): Promise<void> {
    this.#turnStarted = 0;
    if (!this.#drained) {
      let resolve = (): void => {};
      const promise = new Promise<void>((settle) => {
        resolve = settle;
      });
      this.#drained = { promise, resolve };
      this.#socket.once("drain", () => this.#drain());
      this.#listener.onBlocked(true);
    }
    return this.#drained.promise;
  }

  /** The socket takes bytes again. */
  #drain(): void {
    if (!this.#drained) return;
    const { resolve } = this.#drained;
    this.#drained = undefined;
    this.#listener.onBlocked(false);
    resolve();
  }
}
