import { EventEmitter } from "node:events";
import { Readable, Writable } from "node:stream";
import type { CliIo, ControlSignal } from "../../src/cli/io.ts";
import { main } from "../../src/cli/main.ts";
import { signal } from "./wait.ts";

/** What a test gives to a command. */
export interface CliSetting {
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** What a command left behind. */
export interface CliResult {
  readonly code: number;
  /** Standard output as text, and as it was. */
  readonly out: string;
  readonly bytes: Buffer;
  readonly err: string;
}

/** The process a command believes to run in. Keeps what is written, and can ask the command to stop. */
export class TestIo implements CliIo {
  readonly stdin: Readable;
  readonly stdout: MemoryStream = new MemoryStream();
  readonly stderr = new MemoryStream();
  readonly isTerminal = false;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly pid = process.pid;
  readonly child = undefined;
  /** Resolves when the command reports that it serves. */
  readonly ready: Promise<void>;
  #setReady: () => void;
  #stops = 0;
  readonly #listeners = new Set<(count: number) => void>();
  readonly #signals = new EventEmitter();

  constructor({ stdin = "", env = {}, cwd = "/" }: CliSetting = {}) {
    this.stdin = Readable.from([Buffer.from(stdin)]);
    this.env = env;
    this.cwd = cwd;
    const { promise, resolve } = signal();
    this.ready = promise;
    this.#setReady = resolve;
  }

  onStop(listener: (count: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onSignal(name: ControlSignal, listener: () => void): () => void {
    this.#signals.on(name, listener);
    return () => void this.#signals.off(name, listener);
  }

  /** As `kill` does. */
  send(name: ControlSignal): void {
    this.#signals.emit(name);
  }

  reportReady(): void {
    this.#setReady();
  }

  endWithCommand(): void {}

  /** As Ctrl-C does. */
  stop(): void {
    this.#stops += 1;
    for (const listener of this.#listeners) listener(this.#stops);
  }
}

/** Remembers everything that is written to it. */
class MemoryStream extends Writable {
  readonly #chunks: Buffer[] = [];

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  get text(): string {
    return this.bytes.toString();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    callback();
  }
}

/** Standard output after its reader has left: every write fails, and the stream stays. */
export class BrokenPipe extends MemoryStream {
  constructor() {
    super({ autoDestroy: false });
  }

  override _write(_chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error) => void): void {
    callback(Object.assign(new Error("write EPIPE"), { code: "EPIPE", syscall: "write" }));
  }
}

/** Run a command to its end. */
export async function runCli(args: readonly string[], setting: CliSetting = {}): Promise<CliResult> {
  const io = new TestIo(setting);
  const code = await main(args, io);
  return { code, out: io.stdout.text, bytes: io.stdout.bytes, err: io.stderr.text };
}
