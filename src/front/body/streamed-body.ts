import type { IncomingMessage } from "node:http";
import { ProtocolError } from "../../errors.ts";
import type { Deadlined, Deadlines } from "../../net/deadlines.ts";
import { countRead } from "../../net/read-garbage.ts";
import { BodyPace, type BodyPaceLimits } from "./body-pace.ts";

/** After these there is something to read, or nothing more to wait for. */
const EVENTS = ["readable", "end", "error", "close"] as const;

/** A request body that is passed on as it comes, with limits on the client's silence and slowness. Can be read once. */
export class StreamedBody implements Deadlined, AsyncIterable<Uint8Array> {
  deadline: number = Number.POSITIVE_INFINITY;
  slot = -1;
  readonly #request: IncomingMessage;
  readonly #deadlines: Deadlines<Deadlined>;
  readonly #pace: BodyPace;
  #wasRead = false;
  #complaint: string | undefined;
  #received = 0;
  #wakeUp: (() => void) | undefined;

  constructor(request: IncomingMessage, deadlines: Deadlines<Deadlined>, limits: BodyPaceLimits) {
    this.#request = request;
    this.#deadlines = deadlines;
    this.#pace = new BodyPace(limits);
  }

  /** Somebody began to read it: it can not be sent a second time. */
  get wasRead(): boolean {
    return this.#wasRead;
  }

  onDeadline(): void {
    this.#complaint = this.#pace.complaint(this.#deadlines.now);
    this.#wake();
  }

  /** @throws {@link ProtocolError} `UWB_ERR_BODY_TIMEOUT` or `UWB_ERR_CLIENT_GONE`. */
  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.#wasRead = true;
    this.#deadlines.watch(this);
    for (const event of EVENTS) this.#request.on(event, this.#wake);
    try {
      for (let block = await this.#next(); block; block = await this.#next()) {
        this.#received += block.length;
        countRead(block.length);
        yield block;
      }
    } finally {
      this.#deadlines.forget(this);
      for (const event of EVENTS) this.#request.off(event, this.#wake);
      // Nobody reads on: what still comes is dropped.
      this.#request.resume();
    }
  }

  readonly #wake = (): void => {
    this.#wakeUp?.();
  };

  /** Wait for a block. The request is not destroyed when none comes: the client is to be told. */
  async #next(): Promise<Buffer | undefined> {
    this.deadline = this.#pace.wait(this.#deadlines.now);
    for (;;) {
      const block = this.#request.read() as Buffer | null;
      if (block) {
        this.deadline = Number.POSITIVE_INFINITY;
        this.#pace.pause(this.#deadlines.now, block.length);
        return block;
      }
      if (this.#request.readableEnded) return undefined;
      if (this.#complaint !== undefined || this.#request.destroyed) throw this.#failure();
      await new Promise<void>((resolve) => {
        this.#wakeUp = resolve;
      });
    }
  }

  #failure(): ProtocolError {
    const at = { offset: this.#received, statusHint: 408 };
    return this.#complaint !== undefined
      ? new ProtocolError("UWB_ERR_BODY_TIMEOUT", this.#complaint, at)
      : new ProtocolError("UWB_ERR_CLIENT_GONE", "the client left inside its request body", at);
  }
}
