import type { FileHandle } from "node:fs/promises";
import type { ResponseHead } from "../codec/response-head.ts";
import type { Vars } from "../codec/vars.ts";
import { ProtocolError, type UwsgiBridgeError } from "../errors.ts";
import type { ClientResponse } from "./client-response.ts";
import { openConfined } from "./confined-file.ts";
import { type FileAnswer, fileAnswer } from "./file-answer.ts";
import type { WantedFile } from "./offload-path.ts";

/** Bytes read at a time. */
const BLOCK_BYTES = 65_536;

/** What a file is sent in answer to. */
export interface OffloadContext {
  readonly method: string;
  readonly vars: Vars;
  /** What the application answered; its body is left out. */
  readonly head: ResponseHead;
  readonly response: ClientResponse;
  /** The file can not be sent. */
  readonly onError: (error: UwsgiBridgeError) => void;
}

/** Sends a file in place of an application's body, a block at a time and never ahead of the client. */
export class FileOffload {
  readonly #context: OffloadContext;
  #isCancelled = false;
  #wake: (() => void) | undefined;

  constructor(context: OffloadContext) {
    this.#context = context;
  }

  async send(wanted: WantedFile): Promise<void> {
    const { head, response, onError } = this.#context;
    let handle: FileHandle | undefined;
    try {
      const file = await openConfined(wanted);
      handle = file.handle;
      if (this.#isCancelled) return;
      const answer = fileAnswer(head, this.#context, file);
      response.begin(answer.head, answer.framing);
      if (answer.length === 0) response.end();
      else await this.#sendBlocks(file.handle, answer);
    } catch (error) {
      onError(error instanceof ProtocolError ? error : readError(error));
    } finally {
      // The file was only read: a failure now means nothing to anybody.
      await handle?.close().catch(() => undefined);
    }
  }

  /** The client left. */
  cancel(): void {
    this.#isCancelled = true;
    this.#wake?.();
  }

  async #sendBlocks(handle: FileHandle, { start, length }: FileAnswer): Promise<void> {
    const { response } = this.#context;
    const end = start + length;
    for (let position = start; position < end; ) {
      // A block of its own each time: the one before may still wait in the socket.
      const block = Buffer.allocUnsafe(Math.min(BLOCK_BYTES, end - position));
      const { bytesRead } = await handle.read(block, 0, block.length, position);
      if (this.#isCancelled) return;
      if (bytesRead === 0) throw readError(new Error("the file became shorter while it was sent"));
      position += bytesRead;
      if (!response.write(block.subarray(0, bytesRead)) && position < end) await this.#untilDrained();
      if (this.#isCancelled) return;
    }
  }

  #untilDrained(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#context.response.onDrain(resolve);
    });
  }
}

function readError(cause: unknown): ProtocolError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new ProtocolError("UWB_ERR_FILE_READ", `the file can not be read: ${message}`, {
    offset: 0,
    statusHint: 502,
  });
}
