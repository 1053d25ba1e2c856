import type { FileHandle } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import type { ByteRange } from "./byte-ranges.ts";

/** Large enough that reading costs little beside sending, small enough for many clients at a time. */
const BLOCK_BYTES = 131_072;

/**
 * Send parts of an open file, and the texts between them, a byte per character, at the pace of the client. A block is read while the one before it is sent; there
 * are never more than two in memory.
 *
 * @throws When reading fails, or the file has become shorter than what was announced. A client that leaves is no error.
 */
export async function sendParts(
  response: ServerResponse,
  handle: FileHandle,
  parts: readonly (ByteRange | string)[],
): Promise<void> {
  let wake = (): void => undefined;
  response.once("close", () => wake());
  let sent: Promise<void> = Promise.resolve();
  for await (const block of blocksOf(handle, parts)) {
    await sent;
    if (response.destroyed) return;
    sent = new Promise((resolve) => {
      // Node forgets the callback of a response that was still waiting for its turn when the client left.
      wake = resolve;
      response.write(block, () => resolve());
    });
  }
  await sent;
}

/** A block is valid until the one after the next is asked for: there are two buffers, used in turn. */
async function* blocksOf(handle: FileHandle, parts: readonly (ByteRange | string)[]): AsyncGenerator<Buffer> {
  const longest = Math.max(...parts.map((part) => (typeof part === "string" ? 0 : part.length)));
  const blockBytes = Math.min(BLOCK_BYTES, longest);
  const buffers: Buffer[] = [];
  let turn = 0;
  for (const part of parts) {
    if (typeof part === "string") {
      yield Buffer.from(part, "latin1");
      continue;
    }
    for (let done = 0; done < part.length; ) {
      buffers[turn] ??= Buffer.allocUnsafeSlow(blockBytes);
      const buffer = buffers[turn] as Buffer;
      const length = Math.min(blockBytes, part.length - done);
      const { bytesRead } = await handle.read(buffer, 0, length, part.offset + done);
      if (bytesRead === 0) throw new Error("the file became shorter while it was sent");
      yield buffer.subarray(0, bytesRead);
      done += bytesRead;
      turn = 1 - turn;
    }
  }
}
