import type { FileLike, ResponseBody } from "./types.ts";

const DEFAULT_BLOCK_BYTES = 65_536;

/**
 * What `wsgi.file_wrapper(file)` returns: an iterable that reads the file block by block once the server asks for it.
 * `close()` closes the file.
 *
 * @see PEP 3333, "Optional Platform-Specific File Handling"
 */
export class FileWrapper implements AsyncIterable<Uint8Array> {
  readonly #file: FileLike;
  readonly #blockSize: number;

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

  close(): void | Promise<void> {
    return this.#file.close?.();
  }
}

/** The function an application finds at `wsgi.file_wrapper`. */
export function wrapFile(file: FileLike, blockSize?: number): ResponseBody {
  return new FileWrapper(file, blockSize);
}
