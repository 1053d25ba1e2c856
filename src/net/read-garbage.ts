/** Bytes that may be read before their memory is asked back. */
const COLLECT_EVERY_BYTES = 16 * 1024 * 1024;

let collect: (() => void) | undefined;
let uncollected = 0;

/**
 * Have the memory of what was read collected as the bytes pass, until told otherwise.
 *
 * A block that was read lies outside of the heap of JavaScript, behind an object so small that thousands of them hardly hasten the next
 * collection: the engine looks after 32 MiB of them only. For a body of a gigabyte that is the largest part of the memory that the process needs.
 *
 * @param collector - Collects young objects, and nothing else; `undefined`: nobody does, which is how it starts.
 */
export function collectReadGarbage(collector: (() => void) | undefined): void {
  collect = collector;
  uncollected = 0;
}

/** Bytes were read from a socket or a file, into memory that is dropped soon. */
export function countRead(bytes: number): void {
  uncollected += bytes;
  if (uncollected < COLLECT_EVERY_BYTES) return;
  uncollected = 0;
  collect?.();
}
