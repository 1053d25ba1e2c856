import { ReadableStream } from "node:stream/web";
import type { InputStream } from "../../gateway/types.ts";
import type { ClientSignal } from "./client-signal.ts";

/** The body of a request, to be taken either as a whole or as a stream, once. */
export class RequestBody {
  readonly #input: InputStream;
  readonly #client: ClientSignal;

  constructor(input: InputStream, client: ClientSignal) {
    this.#input = input;
    this.#client = client;
  }

  /**
   * The whole body.
   *
   * @throws the signal's `AbortError` when the client left before it was complete, `UWB_ERR_BODY_TIMEOUT` when it went silent.
   */
  async read(): Promise<Buffer> {
    try {
      return await this.#input.read();
    } catch (error) {
      throw this.#client.translate(error);
    }
  }

  /**
   * A stream of the blocks as they come off the socket: nothing is read ahead, so that a handler that stops reading stops the client.
   * Not of type "bytes", which detaches the memory of the blocks it is given. Fails as {@link read} does.
   */
  stream(): ReadableStream<Uint8Array> {
    const blocks = this.#input.chunks();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          try {
            const { done, value } = await blocks.next();
            if (done) controller.close();
            else controller.enqueue(ownBytes(value));
          } catch (error) {
            controller.error(this.#client.translate(error));
          }
        },
        cancel: () => {
          // Not awaited: it waits for the read in progress, which may be waiting for the client.
          void blocks.return?.();
        },
      },
      { highWaterMark: 0 },
    );
  }
}

/**
 * A block in memory that nobody else uses: the handler may hand it on to a stream of type "bytes" or to another thread. Most
 * are alone in theirs as they come off the socket. No Buffer, whose slice() and toString() are not those of the standard.
 */
function ownBytes(block: Buffer): Uint8Array {
  const { buffer, byteOffset, byteLength } = block;
  return byteLength === buffer.byteLength
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : new Uint8Array(block);
}
