import type { ResponseHead } from "../../src/codec/response-head.ts";
import type { FirstBlock, ResponseSink } from "../../src/gateway/response-sink.ts";
import { signal } from "./wait.ts";

/**
 * A connection that exists only in memory: it remembers what it was given, and can be full or lose its peer.
 *
 * It also knows the order of calls that the interface promises. What breaks it is kept in {@link violations}, not
 * thrown: the gateway would take an exception for one of the application.
 */
export class RecordingSink implements ResponseSink {
  isGone = false;
  head: ResponseHead | undefined;
  /** What {@link start} was told. */
  first: FirstBlock | undefined;
  /** Blocks of body, copied as they came, the one that left with the head included. */
  readonly blocks: Buffer[] = [];
  ending: "complete" | "aborted" | undefined;
  readonly violations: string[] = [];
  /** How often the gateway asked whether others deserve a turn. */
  breaths = 0;
  /** Give others a turn at every so many-th time. */
  turnEvery = Number.POSITIVE_INFINITY;
  #room: ReturnType<typeof signal<void>> | undefined;

  get body(): string {
    return Buffer.concat(this.blocks).toString("latin1");
  }

  /** Nothing at all was sent. */
  get isUntouched(): boolean {
    return this.head === undefined && this.ending === undefined;
  }

  start(head: ResponseHead, first: FirstBlock): Promise<void> | undefined {
    this.#expect(this.head === undefined, "start was called twice");
    this.#expect(this.ending === undefined, "start was called after the end");
    this.head = head;
    this.first = first;
    return this.#take(first.block, first.isLast);
  }

  write(block: Uint8Array, isLast: boolean): Promise<void> | undefined {
    this.#expect(this.head !== undefined, "write was called before start");
    this.#expect(this.ending === undefined, "write was called after the end");
    this.#expect(block.length > 0, "write was given an empty block");
    return this.#take(block, isLast);
  }

  end(): void {
    this.#expect(this.head !== undefined, "end was called before start");
    this.#finish("complete");
  }

  abort(): void {
    this.#expect(this.head !== undefined, "abort was called before start");
    this.#finish("aborted");
  }

  breathe(): Promise<void> | undefined {
    this.breaths += 1;
    if (this.breaths % this.turnEvery !== 0) return undefined;
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** From now on the peer takes nothing: what is sent waits for {@link drain}. */
  fill(): void {
    this.#room ??= signal();
  }

  drain(): void {
    this.#room?.resolve();
    this.#room = undefined;
  }

  /** The peer is gone. Whoever waits goes on, and finds {@link isGone}. */
  leave(): void {
    this.isGone = true;
    this.drain();
  }

  #take(block: Uint8Array | undefined, isLast: boolean): Promise<void> | undefined {
    if (block && !this.isGone) this.blocks.push(Buffer.from(block));
    if (isLast) this.#finish("complete");
    return this.#room?.promise;
  }

  #finish(ending: "complete" | "aborted"): void {
    this.#expect(this.ending === undefined, "the response ended twice");
    this.ending = ending;
  }

  #expect(condition: boolean, otherwise: string): void {
    if (!condition) this.violations.push(otherwise);
  }
}
