import type { FileHandle } from "node:fs/promises";
import { countRead } from "../../net/read-garbage.ts";
import { pushBlock } from "../../push-block.ts";
import { openTemporaryFile } from "./temporary-file.ts";

/** Options of {@link Spool}. */
export interface SpoolOptions {
  /** Bytes kept in memory before a file is used. */
  readonly memoryBytes: number;
  readonly directory: string;
}

/** Bytes that may wait for the disk, and bytes read from it at a time. */
const WINDOW_BYTES = 262_144;

/**
 * A request body on its way from a slow client to a fast worker: kept in memory while it is small, then in a temporary file.
 * The file has no name from the moment it exists, so it vanishes with the process, however that ends.
 */
export class Spool {
  readonly #options: SpoolOptions;
  /** Blocks that are kept in memory, or wait for the disk. */
  #blocks: Buffer[] = [];
  #blockBytes = 0;
  #size = 0;
  #file: FileHandle | undefined;
  #writing: Promise<void> | undefined;
  #written = 0;
  #hasFailed = false;
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
  write(block: Buffer): Promise<void> | undefined {
    this.#size += block.length;
    pushBlock(this.#blocks, block);
    this.#blockBytes += block.length;
    if (!this.#isOnDisk && this.#size <= this.#options.memoryBytes) return undefined;
    this.#writing ??= this.#writeOut();
    const mustWait = this.#blockBytes >= WINDOW_BYTES || this.#hasFailed;
    return mustWait ? this.#writing : undefined;
  }

  /**
   * Wait until everything that was written can be read back.
   *
   * @throws the system's error, such as ENOSPC.
   */
  async finish(): Promise<void> {
    await this.#writing;
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
    await this.#writing?.catch(() => undefined);
    this.#blocks = [];
    await this.#file?.close();
  }

  get #isOnDisk(): boolean {
    return this.#file !== undefined || this.#writing !== undefined;
  }

  /** Write what waits, and what comes meanwhile: many small blocks become few large writes. */
  #writeOut(): Promise<void> {
    const writing = this.#writeAllBlocks();
    // Whoever writes next, or asks for the end, is told.
    writing.catch(() => {
      this.#hasFailed = true;
    });
    return writing;
  }

  async #writeAllBlocks(): Promise<void> {
    this.#file ??= await openTemporaryFile(this.#options.directory);
    while (this.#blocks.length > 0 && !this.#isDisposed) {
      const blocks = this.#blocks;
      const bytes = this.#blockBytes;
      this.#blocks = [];
      this.#blockBytes = 0;
      await writeAll(this.#file, blocks, this.#written);
      this.#written += bytes;
    }
    this.#writing = undefined;
  }

  async *#readFile(file: FileHandle): AsyncIterable<Uint8Array> {
    let position = 0;
    while (position < this.#size) {
      // A fresh block each time: the socket may still hold the one before.
      const block = Buffer.allocUnsafe(Math.min(WINDOW_BYTES, this.#size - position));
      const { bytesRead } = await file.read(block, 0, block.length, position);
      if (bytesRead === 0) throw new Error("a temporary file is shorter than what was written to it");
      position += bytesRead;
      countRead(bytesRead);
      yield block.subarray(0, bytesRead);
    }
  }
}

/** One call for all blocks; a disk that is nearly full may take less than it was given. */
async function writeAll(file: FileHandle, blocks: readonly Buffer[], position: number): Promise<void> {
  const { bytesWritten } = await file.writev([...blocks], position);
  const size = blocks.reduce((total, block) => total + block.length, 0);
  if (bytesWritten === size) return;
  const rest = Buffer.concat(blocks).subarray(bytesWritten);
  await writeAll(file, [rest], position + bytesWritten);
}
