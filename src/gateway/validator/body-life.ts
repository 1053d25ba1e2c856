import { FileWrapper } from "../file-wrapper.ts";
import { describe } from "../response-start.ts";
import { attempt, closerOf } from "./body-closer.ts";
import { unwatch, type WatchedBody, watch } from "./close-watch.ts";
import { fault } from "./lint-error.ts";
import { counted } from "./lint-message.ts";
import type { ResponseRecord } from "./response-record.ts";

/** Guards of files: to another validator in front of this one they are files too. */
const guardedFiles = new WeakSet<object>();

/** One body from its return to its `close()`: what the server does with it, and what comes out of it. */
export class BodyLife {
  readonly #body: object;
  readonly #response: ResponseRecord;
  readonly #watched: WatchedBody;
  /** A server sends no more of a file than Content-Length, and is meant to. */
  readonly #mayBeCut: boolean;
  #isIterated = false;
  #isExhausted = false;
  #isClosed = false;
  /** The iterator that was given up is still returning. */
  #returning: Promise<unknown> | undefined;
  #blocks = 0;

  constructor(body: object, response: ResponseRecord, watched: WatchedBody) {
    this.#body = body;
    this.#response = response;
    this.#watched = watched;
    this.#mayBeCut = body instanceof FileWrapper || guardedFiles.has(body);
  }

  /** The server gets `guard` in place of the body. */
  beginWith(guard: object): void {
    watch(guard, this.#watched);
    if (this.#mayBeCut) guardedFiles.add(guard);
  }

  /** The server asks for an iterator. */
  iterate(): void {
    if (this.#isClosed) throw fault("S43", "an iteration that begins behind it");
    if (this.#isIterated) throw fault("S42", "a second iteration");
    this.#isIterated = true;
  }

  /** The server asks for the next block. */
  beforeNext(): void {
    if (this.#isClosed) throw fault("S43", "a call of next() behind it");
    if (!this.#response.isReadyForMore) {
      throw fault(
        "S45",
        "a call of next() while a promise of write() is pending, and a block waits behind it",
      );
    }
  }

  /** The application answers with a block. */
  take(block: unknown): void {
    this.#blocks += 1;
    const bytes = asBytes(block, this.#blocks);
    const { head } = this.#response;
    if (head) this.#response.takeYielded(bytes, head, { mayBeCut: this.#mayBeCut });
    else if (bytes.length > 0 && !this.#response.isSwitched)
      throw fault("A71", `${counted(bytes.length, "byte")} in block ${this.#blocks}`);
  }

  /** The application has no more blocks. */
  exhausted(): void {
    this.#isExhausted = true;
    this.#response.end();
  }

  /** A block was refused. To the server the iterator has failed by itself, so it does not tell it to return. */
  giveUp(iterator: Iterator<unknown> | AsyncIterator<unknown>): void {
    this.#returning = attempt(() => iterator.return?.());
  }

  /** The server is done with the body. */
  close(): unknown {
    if (this.#isClosed) throw fault("S41", "a second call");
    this.#isClosed = true;
    unwatch(this.#watched);
    return this.#returning ? this.#returning.then(() => this.#close()) : this.#close();
  }

  #close(): unknown {
    const closed = closerOf(this.#body)?.();
    this.#response.isOver = this.#isExhausted;
    return closed;
  }
}

function asBytes(block: unknown, number: number): Uint8Array {
  if (block instanceof Uint8Array) return block;
  throw fault("A70", `${describe(block)} as block ${number}`);
}
