import type { IncomingMessage } from "node:http";
import { ProtocolError } from "../errors.ts";
import type { Deadlined, Deadlines } from "../net/deadlines.ts";

/** A request body that is passed on as it comes, with a limit on the client's silence. Can be read once. */
export class StreamedBody implements Deadlined, AsyncIterable<Uint8Array> {
  deadline: number = Number.POSITIVE_INFINITY;
  slot = -1;
  readonly #request: IncomingMessage;
  readonly #deadlines: Deadlines<Deadlined>;
  readonly #idleLimitMs: number;
  #wasRead = false;
  #isTimedOut = false;
  #received = 0;

  constructor(request: IncomingMessage, deadlines: Deadlines<Deadlined>, idleLimitMs: number) {
    this.#request = request;
    this.#deadlines = deadlines;
    this.#idleLimitMs = idleLimitMs;
  }

  /** Somebody began to read it: it can not be sent a second time. */
  get wasRead(): boolean {
    return this.#wasRead;
  }

  onDeadline(): void {
    this.#isTimedOut = true;
    this.#request.destroy();
  }

  /** @throws {@link ProtocolError} `UWB_ERR_BODY_TIMEOUT` or `UWB_ERR_CLIENT_GONE`. */
  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.#wasRead = true;
    this.#deadlines.watch(this);
    try {
      this.#arm();
      for await (const block of this.#request.iterator({ destroyOnReturn: false })) {
        this.deadline = Number.POSITIVE_INFINITY;
        this.#received += (block as Buffer).length;
        yield block as Buffer;
        this.#arm();
      }
    } catch (error) {
      throw this.#failure(error);
    } finally {
      this.#deadlines.forget(this);
    }
  }

  #arm(): void {
    this.deadline = this.#deadlines.now + this.#idleLimitMs;
  }

  #failure(cause: unknown): ProtocolError {
    const at = { offset: this.#received, statusHint: 408 };
    return this.#isTimedOut
      ? new ProtocolError(
          "UWB_ERR_BODY_TIMEOUT",
          `no byte of the request body arrived for ${this.#idleLimitMs} ms`,
          at,
        )
      : new ProtocolError(
          "UWB_ERR_CLIENT_GONE",
          `the client left inside its request body: ${String(cause)}`,
          at,
        );
  }
}
