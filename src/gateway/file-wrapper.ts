import type { FileLike, ResponseBody } from "./types.ts";

const DEFAULT_BLOCK_BYTES = 65_536;
/** Bytes read from a descriptor at a time. */
const DESCRIPTOR_BLOCK_BYTES = 262_144;

/** How a worker reads descriptors. */
export interface DescriptorReader {
  /** Anything but a regular file might keep its reader waiting. */
  isFile(fd: number): Promise<boolean>;
  /** Up to `size` bytes, none at the end. @param position - Where; null: where the descriptor stands */
  read(fd: number, size: number, position: number | null): Promise<Uint8Array>;
}

/**
 * What `wsgi.file_wrapper(file)` returns: an iterable that reads the file block by block once the server asks for it.
 * `close()` closes the file.
 *
 * @see PEP 3333, "Optional Platform-Specific File Handling"
 */
export class FileWrapper implements AsyncIterable<Uint8Array> {
  readonly #file: FileLike;
  readonly #blockSize: number;
  #isClosed = false;
  /** A descriptor must not be closed while it is read: its number might mean another file by then. */
  #reading: Promise<unknown> | undefined;

  /** @param blockSize - Bytes asked of the file at a time. */
  constructor(file: FileLike, blockSize: number = DEFAULT_BLOCK_BYTES) {
    this.#file = file;
    this.#blockSize = blockSize;
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    for (;;) {
      const block = await this.#file.read(this.#blockSize);
      if (block.length === 0) return;
      yield block;
    }
  }

  /** The server may read the file by itself. */
  get hasDescriptor(): boolean {
    return Number.isInteger(this.#file.fd);
  }

  /** The same blocks, without asking the application for each. @param limit - Bytes at most */
  async *readBy(reader: DescriptorReader, limit: number): AsyncIterableIterator<Uint8Array> {
    const { fd = -1, position } = this.#file;
    if (!(await this.#during(reader.isFile(fd)))) {
      yield* this;
      return;
    }
    let next = position ?? null;
    for (let left = limit; left > 0 && !this.#isClosed; ) {
      const block = await this.#during(reader.read(fd, Math.min(left, DESCRIPTOR_BLOCK_BYTES), next));
      if (block.length === 0) return;
      left -= block.length;
      if (next !== null) next += block.length;
      yield block;
    }
  }

  close(): void | Promise<void> {
    this.#isClosed = true;
    if (this.#reading) return this.#reading.then(() => this.#file.close?.());
    return this.#file.close?.();
  }

  async #during<T>(action: Promise<T>): Promise<T> {
    this.#reading = action.catch(() => undefined);
    const result = await action;
    this.#reading = undefined;
    return result;
  }
}

/** The function an application finds at `wsgi.file_wrapper`. */
export function wrapFile(file: FileLike, blockSize?: number): ResponseBody {
  return new FileWrapper(file, blockSize);
}
