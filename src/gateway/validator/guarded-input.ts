import { describe } from "../response-start.ts";
import type { InputStream } from "../types.ts";
import type { Doubts } from "./doubts.ts";
import { fault } from "./lint-error.ts";
import { counted, shown } from "./lint-message.ts";
import type { ResponseRecord } from "./response-record.ts";
import { isThenable } from "./thenable.ts";

const LF = 0x0a;
const UNLIMITED = Number.POSITIVE_INFINITY;

/** What an input has to do with: its request and its response. */
export interface InputContext {
  readonly doubts: Doubts;
  readonly response: ResponseRecord;
  /** CONTENT_LENGTH in bytes; Infinity when there is none. */
  readonly length: number;
}

/** `wsgi.input` that checks what the application asks for, A80 to A88, and what the server answers, S50 to S53. */
export class GuardedInput implements InputStream {
  readonly #input: InputStream;
  readonly #context: InputContext;
  #total = 0;
  /** Reads that have not settled. */
  #pending = 0;
  /** Reads that begin in one go are one task's: they are queued in the order it wants. */
  #isSameTurn = false;
  #isSharedByTasks = false;

  constructor(input: InputStream, context: InputContext) {
    this.#input = input;
    this.#context = context;
    for (const name of foreignNames(input)) {
      Object.defineProperty(this, name, { get: () => refuse("A83", `use of ${name}`) });
    }
  }

  get remaining(): number {
    return this.#input.remaining;
  }

  read(...args: readonly [size?: number]): Promise<Buffer> {
    const size = this.#limit("read", args);
    return this.#settled("read", this.#input.read(...args), (result) => {
      const bytes = this.#checkBytes("read", result, size);
      const { remaining } = this.#input;
      if (bytes.length < size && remaining > 0) {
        throw fault(
          "S51",
          `${counted(bytes.length, "byte")} from ${asked("read", size)}, and ${remaining} to come`,
        );
      }
      return bytes;
    });
  }

  readline(...args: readonly [size?: number]): Promise<Buffer> {
    const size = this.#limit("readline", args);
    return this.#settled("readline", this.#input.readline(...args), (result) => {
      return this.#checkLine("readline", this.#checkBytes("readline", result, size), size);
    });
  }

  readlines(...args: readonly [hint?: number]): Promise<Buffer[]> {
    this.#limit("readlines", args);
    return this.#settled("readlines", this.#input.readlines(...args), (result) => {
      if (!Array.isArray(result)) throw fault("S53", describe(result));
      for (const line of result as readonly unknown[]) {
        if (!(line instanceof Uint8Array)) throw fault("S53", `${describe(line)} among the lines`);
        this.#count("readlines", line.length);
      }
      return result as Buffer[];
    });
  }

  [Symbol.asyncIterator](): AsyncGenerator<Buffer, void, void> {
    return this.#iterate("next", this.#input, (result) => {
      return this.#checkLine("next", this.#checkBytes("next", result, UNLIMITED), UNLIMITED);
    });
  }

  chunks(...args: readonly []): AsyncGenerator<Buffer, void, void> {
    if (args.length > 0) throw fault("A80", `${counted(args.length, "argument")} for chunks`);
    return this.#iterate("chunks", this.#input.chunks(), (result) =>
      this.#checkBytes("chunks", result, UNLIMITED),
    );
  }

  close(): never {
    return refuse("A82", "a call of close()");
  }

  destroy(): never {
    return refuse("A82", "a call of destroy()");
  }

  async *#iterate(
    name: string,
    blocks: AsyncIterable<unknown>,
    check: (result: unknown) => Buffer,
  ): AsyncGenerator<Buffer, void, void> {
    const iterator = blocks[Symbol.asyncIterator]();
    try {
      for (;;) {
        this.#admit(name);
        const step = await this.#settled(
          name,
          iterator.next(),
          (result) => result as IteratorResult<unknown>,
        );
        if (step.done) return;
        yield check(step.value);
      }
    } finally {
      await iterator.return?.();
    }
  }

  /** Bytes that a call asks for at most. */
  #limit(name: string, args: readonly unknown[]): number {
    this.#admit(name);
    if (args.length > 1) throw fault("A80", `${counted(args.length, "argument")} for ${name}`);
    const [size] = args;
    if (size === undefined) return UNLIMITED;
    if (typeof size !== "number" || !Number.isInteger(size)) throw fault("A81", `${shown(size)} for ${name}`);
    return size < 0 ? UNLIMITED : size;
  }

  #admit(name: string): void {
    if (this.#context.response.isOver) throw fault("A87", `a call of ${name} behind it`);
    if (this.#pending === 0) {
      this.#isSameTurn = true;
      queueMicrotask(() => {
        this.#isSameTurn = false;
      });
    } else if (!this.#isSameTurn && !this.#isSharedByTasks) {
      this.#isSharedByTasks = true;
      this.#context.doubts.raise("A88", `a call of ${name} while another is pending`);
    }
  }

  async #settled<T>(name: string, pending: unknown, check: (result: unknown) => T): Promise<T> {
    if (!isThenable(pending)) throw fault("S50", `${describe(pending)} from ${name}, and no promise`);
    this.#pending += 1;
    try {
      return check(await pending);
    } finally {
      this.#pending -= 1;
    }
  }

  #checkBytes(name: string, result: unknown, size: number): Buffer {
    if (!(result instanceof Uint8Array)) throw fault("S50", `${describe(result)} from ${name}`);
    if (result.length > size)
      throw fault("S51", `${counted(result.length, "byte")} from ${asked(name, size)}`);
    this.#count(name, result.length);
    return result as Buffer;
  }

  #count(name: string, bytes: number): void {
    this.#total += bytes;
    const { length } = this.#context;
    if (this.#total <= length) return;
    throw fault(
      "S51",
      `${counted(this.#total, "byte")} in all from ${name}, and a CONTENT_LENGTH of ${length}`,
    );
  }

  #checkLine(name: string, line: Buffer, size: number): Buffer {
    const end = line.indexOf(LF) + 1;
    if (end > 0 && end < line.length) {
      throw fault("S52", `${counted(line.length - end, "byte")} behind a line feed from ${name}`);
    }
    if (end === 0 && line.length < size && this.#input.remaining > 0) {
      throw fault("S52", `${counted(line.length, "byte")} without a line feed from ${name}`);
    }
    return line;
  }
}

/** `"read(3)"`, `"read()"`. */
function asked(name: string, size: number): string {
  return `${name}(${size === UNLIMITED ? "" : size})`;
}

/** A getter can not be a `throw` expression. */
function refuse(id: "A82" | "A83", found: string): never {
  throw fault(id, found);
}

/** What this server's input can do beside {@link InputStream}, and another's may not. */
function foreignNames(input: object): Set<string> {
  const names = new Set<string>();
  for (
    let level = input;
    level !== Object.prototype && level !== null;
    level = Object.getPrototypeOf(level)
  ) {
    for (const name of Object.getOwnPropertyNames(level)) {
      if (name !== "constructor" && !(name in GuardedInput.prototype)) names.add(name);
    }
  }
  return names;
}
