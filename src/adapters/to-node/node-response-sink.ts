import type { ServerResponse } from "node:http";
import type { FirstBlock, ResponseSink } from "../../gateway/response-sink.ts";
import type { HeaderPair } from "../../gateway/types.ts";

/** The response of Node's own server, as the gateway writes to it. Framing and keep-alive are Node's business. */
export class NodeResponseSink implements ResponseSink {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  get isGone(): boolean {
    return this.#response.destroyed && !this.#response.writableFinished;
  }

  start(
    head: { readonly status: number; readonly reason: string; readonly headers: readonly HeaderPair[] },
    { block, isLast }: FirstBlock,
  ): Promise<void> | undefined {
    this.#response.writeHead(head.status, head.reason, head.headers.flat());
    // Not flushHeaders(): that sends the head as UTF-8, and a byte above ASCII in a value would become two.
    if (!block && !isLast) this.#response.write("", "latin1");
    return this.write(block, isLast);
  }

  write(block: Uint8Array | undefined, isLast: boolean): Promise<void> | undefined {
    if (isLast) {
      this.#response.end(block);
      return undefined;
    }
    return !block || this.#response.write(block) ? undefined : this.#drained();
  }

  end(): void {
    this.#response.end();
  }

  /** What was written before leaves first. */
  abort(): void {
    setImmediate(() => this.#response.destroy());
  }

  breathe(): Promise<void> | undefined {
    return undefined;
  }

  #drained(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#response.off("drain", done).off("close", done);
        resolve();
      };
      this.#response.on("drain", done).on("close", done);
    });
  }
}
