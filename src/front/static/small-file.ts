import type { FileHandle } from "node:fs/promises";
import type { FileFacts } from "../files/validators.ts";

/** A file that is in memory as a whole. */
export interface SmallFile {
  readonly facts: FileFacts;
  readonly content: Buffer;
}

const ATTEMPTS = 4;

/**
 * Read a file that must not change meanwhile: what is sent under one entity tag are the bytes of one moment.
 *
 * @returns `undefined` when it has grown above the limit.
 * @throws When it changed each time.
 */
export async function readSmallFile(handle: FileHandle, maxBytes: number): Promise<SmallFile | undefined> {
  let before = await handle.stat();
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (before.size > maxBytes) return undefined;
    const content = await readWhole(handle, before.size);
    const after = await handle.stat();
    if (content && after.mtimeMs === before.mtimeMs && after.size === before.size)
      return { facts: before, content };
    before = after;
  }
  throw new Error("the file changes faster than it can be read");
}

/** @returns `undefined` when the file is shorter. */
async function readWhole(handle: FileHandle, size: number): Promise<Buffer | undefined> {
  const content = Buffer.allocUnsafeSlow(size);
  let filled = 0;
  while (filled < size) {
    const { bytesRead } = await handle.read(content, filled, size - filled, filled);
    if (bytesRead === 0) return undefined;
    filled += bytesRead;
  }
  return content;
}
