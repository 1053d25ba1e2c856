import { type AnnouncedHead, isBodiless } from "./check-headers.ts";
import type { Doubts } from "./doubts.ts";
import { fault } from "./lint-error.ts";
import { counted } from "./lint-message.ts";
import { Utf8Watch } from "./utf8-watch.ts";

/** What one response has announced and produced so far, and whether the two agree. */
export class ResponseRecord {
  /** As `startResponse` announced it last. */
  head: AnnouncedHead | undefined;
  /** The application has returned its body. */
  hasReturned = false;
  /** The whole body was delivered, and closed. */
  isOver = false;
  /** The application took the connection over: there is no response. */
  isSwitched = false;
  readonly #isHead: boolean;
  readonly #doubts: Doubts;
  #bytes = 0;
  #utf8: Utf8Watch | undefined;
  /** Promises of `write` that have not settled: so often was the connection full. */
  #fullCount = 0;
  /** A block of the body waits behind bytes that have not left yet. */
  #isBlockWaiting = false;

  constructor(method: string, doubts: Doubts) {
    this.#isHead = method === "HEAD";
    this.#doubts = doubts;
  }

  /** The server may ask for another block: the one before has left, or was cut off, as far as can be known here. */
  get isReadyForMore(): boolean {
    return !this.#isBlockWaiting || this.#bytes >= (this.head?.contentLength ?? Number.POSITIVE_INFINITY);
  }

  /** Take a block of the body that was announced: A36, A50 to A52. */
  take(block: Uint8Array, head: AnnouncedHead, { mayBeCut = false }: { mayBeCut?: boolean } = {}): void {
    if (block.length === 0 || this.isSwitched) return;
    if (isBodiless(head.status)) {
      throw fault("A51", `${counted(block.length, "byte")} with status ${head.status}`);
    }
    if (this.#bytes === 0) this.#begin(head);
    this.#bytes += block.length;
    const { contentLength = Number.POSITIVE_INFINITY } = head;
    if (this.#bytes > contentLength && !mayBeCut && !this.#isHead) {
      throw fault("A50", `${counted(this.#bytes, "byte")} for a Content-Length of ${contentLength}`);
    }
    this.#utf8?.take(block);
  }

  /** Take a block that the server asked for. It has to wait when the connection is full. */
  takeYielded(block: Uint8Array, head: AnnouncedHead, options: { mayBeCut: boolean }): void {
    this.take(block, head, options);
    if (block.length > 0 && this.#fullCount > 0) this.#isBlockWaiting = true;
  }

  /** The connection is full until this promise settles. */
  fullUntil(promise: PromiseLike<unknown>): void {
    this.#fullCount += 1;
    const drained = (): void => {
      this.#fullCount -= 1;
      if (this.#fullCount === 0) this.#isBlockWaiting = false;
    };
    promise.then(drained, drained);
  }

  /** The application has nothing more to send: A52, A72, A73. */
  end(): void {
    const { head } = this;
    if (this.isSwitched) return;
    if (!head) throw fault("A72", "the end of the body");
    const { contentLength = 0, status } = head;
    if (this.#bytes < contentLength && !this.#isHead && !isBodiless(status)) {
      this.#doubts.raise("A73", `${counted(this.#bytes, "byte")} for a Content-Length of ${contentLength}`);
    }
    this.#utf8?.end();
  }

  #begin({ fields, status }: AnnouncedHead): void {
    const type = fields.get("content-type");
    if (type === undefined) this.#doubts.raise("A36", "none");
    else if (Utf8Watch.appliesTo(type) && !fields.has("content-encoding") && status !== 206) {
      this.#utf8 = new Utf8Watch(this.#doubts);
    }
  }
}
