import { pushBlock } from "../push-block.ts";
import type { BodySink } from "./direct.ts";
import type { InputStream } from "./types.ts";

/** The socket behind an {@link Input}, as far as the input needs to know it. */
export interface InputSource {
  /** The application waits for bytes: let the socket flow. */
  resume(): void;
  /** Enough bytes are waiting for the application: stop the socket. */
  pause(): void;
}

/** Bytes that may wait for the application before the socket is paused. */
const HIGH_WATER_BYTES = 65_536;
const EMPTY = Buffer.alloc(0);
const LF = 0x0a;

/**
 * The body of one request, bounded by its declared length. The shell pushes bytes in with {@link receive},
 * {@link finish} and {@link fail}; the application takes them out with the methods of {@link InputStream}.
 *
 * @see PEP 3333, "Input and Error Streams"
 */
export class Input implements InputStream, BodySink {
  readonly #source: InputSource;
  #chunks: Buffer[] = [];
  #buffered = 0;
  /** Bytes the shell has still to deliver. Infinity for a body that is not declared, until {@link finish}. */
  #missing: number;
  #failure: Error | undefined;
  #paused = false;
  #wake: (() => void) | undefined;
  /** The read before this one: reads settle in the order of their calls. */
  #last: Promise<unknown> | undefined;

  /** @param length - Declared bytes of the body; Infinity when only its end will tell. */
  constructor(length: number, source: InputSource) {
    this.#missing = length;
    this.#source = source;
  }

  /** Bytes the shell has still to deliver. */
  get missing(): number {
    return this.#missing;
  }

  get remaining(): number {
    return this.#missing + this.#buffered;
  }

  /** Take bytes from the socket. What exceeds the declared length is dropped. */
  receive(bytes: Buffer): void {
    const chunk = bytes.length > this.#missing ? bytes.subarray(0, this.#missing) : bytes;
    if (chunk.length === 0) return;
    this.#missing -= chunk.length;
    this.#buffered += chunk.length;
    pushBlock(this.#chunks, chunk);
    const isAwaited = this.#wake !== undefined;
    this.#wakeUp();
    if (this.#buffered >= HIGH_WATER_BYTES && !isAwaited && this.#missing > 0 && !this.#paused) {
      this.#paused = true;
      this.#source.pause();
    }
  }

  /** The body is complete, although no length was declared. */
  finish(): void {
    this.#missing = 0;
    this.#wakeUp();
  }

  /** No more bytes will come. Reads that need some reject with `error`; what has arrived can still be read. */
  fail(error: Error): void {
    if (this.#missing === 0 || this.#failure) return;
    this.#failure = error;
    this.#wakeUp();
  }

  /** Hand everything over to another taker, which gets the rest from the shell itself. */
  moveTo(sink: BodySink): void {
    const isFinished = this.#missing === 0;
    for (const chunk of this.#chunks.splice(0)) sink.receive(chunk);
    this.#buffered = 0;
    if (isFinished && sink.missing > 0) sink.finish();
    if (this.#failure) sink.fail(this.#failure);
  }

  read(size?: number): Promise<Buffer> {
    return this.#inTurn(() => this.#read(limitOf(size)));
  }

  readline(size?: number): Promise<Buffer> {
    return this.#inTurn(() => this.#readLine(limitOf(size)));
  }

  readlines(hint?: number): Promise<Buffer[]> {
    return this.#inTurn(async () => {
      const enough = hint !== undefined && hint > 0 ? hint : Number.POSITIVE_INFINITY;
      const lines: Buffer[] = [];
      let total = 0;
      while (total < enough) {
        const line = await this.#readLine(Number.POSITIVE_INFINITY);
        if (line.length === 0) break;
        lines.push(line);
        total += line.length;
      }
      return lines;
    });
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Buffer> {
    for (let line = await this.readline(); line.length > 0; line = await this.readline()) yield line;
  }

  async *chunks(): AsyncIterableIterator<Buffer> {
    for (let block = await this.#block(); block.length > 0; block = await this.#block()) yield block;
  }

  #block(): Promise<Buffer> {
    return this.#inTurn(async () => {
      while (this.#buffered === 0 && (await this.#more()));
      const block = this.#chunks.shift() ?? EMPTY;
      this.#buffered -= block.length;
      return block;
    });
  }

  async #read(size: number): Promise<Buffer> {
    while (this.#buffered < size && (await this.#more()));
    return this.#take(Math.min(size, this.#buffered));
  }

  async #readLine(size: number): Promise<Buffer> {
    let searched = 0;
    for (;;) {
      const end = this.#lineEnd(searched);
      if (end !== undefined) return this.#take(Math.min(size, end));
      searched = this.#buffered;
      if (searched >= size || !(await this.#more())) return this.#take(Math.min(size, this.#buffered));
    }
  }

  /** Bytes up to the first line feed, itself included, that is not among the first `searched` bytes. */
  #lineEnd(searched: number): number | undefined {
    let start = 0;
    for (const chunk of this.#chunks) {
      const feed = start + chunk.length > searched ? chunk.indexOf(LF, Math.max(0, searched - start)) : -1;
      if (feed !== -1) return start + feed + 1;
      start += chunk.length;
    }
    return undefined;
  }

  /** Wait for bytes. False at the end of the body. */
  async #more(): Promise<boolean> {
    if (this.#missing === 0) return false;
    const before = this.#buffered;
    if (this.#failure) throw this.#failure;
    if (this.#paused) {
      this.#paused = false;
      this.#source.resume();
    }
    if (this.#buffered === before && this.#missing > 0 && !this.#failure) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return true;
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #take(size: number): Buffer {
    const taken: Buffer[] = [];
    let left = size;
    while (left > 0) {
      const chunk = this.#chunks[0] as Buffer;
      if (chunk.length > left) {
        taken.push(chunk.subarray(0, left));
        this.#chunks[0] = chunk.subarray(left);
        left = 0;
      } else {
        taken.push(chunk);
        this.#chunks.shift();
        left -= chunk.length;
      }
    }
    this.#buffered -= size;
    return taken.length === 1 ? (taken[0] as Buffer) : Buffer.concat(taken, size);
  }

  #inTurn<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last ? this.#last.then(operation, operation) : operation();
    const settled = result.catch(() => undefined);
    this.#last = settled;
    void settled.then(() => {
      if (this.#last === settled) this.#last = undefined;
    });
    return result;
  }
}

/** Bytes to read. No size, a negative one and NaN (a missing CONTENT_LENGTH as a number) mean all there are. */
function limitOf(size: number | undefined): number {
  const asked = size ?? -1;
  return asked >= 0 ? Math.floor(asked) : Number.POSITIVE_INFINITY;
}
