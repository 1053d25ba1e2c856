import { type FileHandle, open, unlink } from "node:fs/promises";
import { join } from "node:path";

/** Options of {@link Spool}. */
export interface SpoolOptions {
  /** Bytes kept in memory before a file is used. */
  readonly memoryBytes: number;
  readonly directory: string;
}

const READ_BYTES = 65_536;

let sequence = 0;

/**
 * A request body on its way from a slow client to a fast worker: kept in memory while it is small, then in a temporary file.
 * The file has no name from the moment it exists, so it vanishes with the process, however that ends.
 */
export class Spool {
  readonly #options: SpoolOptions;
  #blocks: Uint8Array[] = [];
  #size = 0;
  #file: FileHandle | undefined;
  #writing: Promise<void> | undefined;
  #isDisposed = false;

  constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Bytes taken so far. */
  get size(): number {
    return this.#size;
  }

  /**
   * Take a block. Wait for the promise, when there is one, before giving the next.
   *
   * @throws the system's error, such as ENOSPC, through the promise.
   */
  write(block: Uint8Array): Promise<void> | undefined {
    const position = this.#size;
    this.#size += block.length;
    if (!this.#file && this.#size <= this.#options.memoryBytes) {
      this.#blocks.push(block);
      return undefined;
    }
    this.#writing = this.#writeToFile(block, position);
    return this.#writing;
  }

  /** The body: in one piece when it fits in memory, else to be read back from the file, as often as needed. */
  content(): Uint8Array | AsyncIterable<Uint8Array> {
    if (this.#file) return this.#readFile(this.#file);
    const [only] = this.#blocks;
    return this.#blocks.length === 1 && only ? only : Buffer.concat(this.#blocks, this.#size);
  }

  /** Let the file go. May be called at any time, more than once. */
  async dispose(): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#blocks = [];
    await this.#writing?.catch(() => undefined);
    await this.#file?.close();
  }

  async #writeToFile(block: Uint8Array, position: number): Promise<void> {
    this.#file ??= await this.#createFile();
    await writeAll(this.#file, block, position);
  }

  async #createFile(): Promise<FileHandle> {
    sequence += 1;
    const path = join(this.#options.directory, `uwsgi-bridge-${process.pid}-${sequence}`);
    const file = await open(path, "wx+", 0o600);
    await unlink(path);
    let position = 0;
    for (const block of this.#blocks) {
      await writeAll(file, block, position);
      position += block.length;
    }
    this.#blocks = [];
    return file;
  }

  async *#readFile(file: FileHandle): AsyncIterable<Uint8Array> {
    let position = 0;
    while (position < this.#size) {
      // A fresh block each time: the socket may still hold the one before.
      const block = Buffer.allocUnsafe(Math.min(READ_BYTES, this.#size - position));
      const { bytesRead } = await file.read(block, 0, block.length, position);
      if (bytesRead === 0) throw new Error("a temporary file is shorter than what was written to it");
      position += bytesRead;
      yield block.subarray(0, bytesRead);
    }
  }
}

async function writeAll(file: FileHandle, block: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < block.length) {
    const { bytesWritten } = await file.write(block, written, block.length - written, position + written);
    written += bytesWritten;
  }
}
