import type { IncomingMessage } from "node:http";
import { ProtocolError, UpstreamError, type UwsgiBridgeError } from "../../errors.ts";
import type { Deadlined, Deadlines } from "../../net/deadlines.ts";
import { countRead } from "../../net/read-garbage.ts";
import type { FrontSettings } from "../options.ts";
import { BodyPace } from "./body-pace.ts";
import { Spool } from "./spool.ts";
import { errno } from "./temporary-file.ts";

/** Who waits for a body to be read. */
export interface BodyListener {
  /** The whole body is in the spool. */
  onBody(spool: Spool): void;
  /**
   * It will never be: `UWB_ERR_BODY_TOO_LARGE` (413), `UWB_ERR_BODY_TIMEOUT` (408), `UWB_ERR_CLIENT_GONE`, or `UWB_ERR_SPOOL` when
   * the temporary file failed.
   */
  onBodyError(error: UwsgiBridgeError): void;
}

/** Reads a request body into a {@link Spool}, before any worker is bothered with it. */
export class BodyReader implements Deadlined {
  deadline: number;
  slot = -1;
  readonly #request: IncomingMessage;
  readonly #settings: FrontSettings;
  readonly #deadlines: Deadlines<Deadlined>;
  readonly #listener: BodyListener;
  readonly #spool: Spool;
  readonly #pace: BodyPace;
  #isOver = false;

  constructor(
    request: IncomingMessage,
    context: {
      readonly settings: FrontSettings;
      readonly deadlines: Deadlines<Deadlined>;
      readonly listener: BodyListener;
    },
  ) {
    this.#request = request;
    this.#settings = context.settings;
    this.#deadlines = context.deadlines;
    this.#listener = context.listener;
    this.#spool = new Spool({
      memoryBytes: context.settings.spoolMemoryBytes,
      directory: context.settings.tempDir,
    });
    this.#pace = new BodyPace(context.settings);
    this.deadline = this.#pace.wait(context.deadlines.now);
    this.#deadlines.watch(this);
    request.on("data", (chunk: Buffer) => this.#receive(chunk));
    request.on("end", () => this.#ended());
    request.on("error", () => this.#gone());
    request.on("close", () => this.#gone());
  }

  /** Stop reading and forget what was read. */
  cancel(): void {
    this.#settle();
    void this.#spool.dispose();
  }

  onDeadline(): void {
    const message = this.#pace.complaint(this.#deadlines.now);
    this.#fail(
      new ProtocolError("UWB_ERR_BODY_TIMEOUT", message, { offset: this.#spool.size, statusHint: 408 }),
    );
  }

  #receive(chunk: Buffer): void {
    countRead(chunk.length);
    if (this.#isOver) return;
    const limit = this.#settings.maxBodyBytes;
    const size = this.#spool.size + chunk.length;
    if (limit > 0 && size > limit) {
      const message = `the request body is larger than ${limit} bytes`;
      this.#fail(new ProtocolError("UWB_ERR_BODY_TOO_LARGE", message, { offset: limit, statusHint: 413 }));
      return;
    }
    const { now } = this.#deadlines;
    this.#pace.pause(now, chunk.length);
    const written = this.#spool.write(chunk);
    if (!written) {
      this.deadline = this.#pace.wait(now);
      return;
    }
    this.#request.pause();
    this.deadline = Number.POSITIVE_INFINITY;
    written.then(
      () => this.#written(),
      (error: unknown) => this.#spoolFailed(error),
    );
  }

  #written(): void {
    if (this.#isOver) return;
    this.deadline = this.#pace.wait(this.#deadlines.now);
    this.#request.resume();
  }

  #spoolFailed(error: unknown): void {
    const message = `the request body could not be stored in ${this.#settings.tempDir}: ${errno(error)}`;
    this.#fail(new UpstreamError("UWB_ERR_SPOOL", message, 503, { cause: error }));
  }

  #ended(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    this.#spool.finish().then(
      () => this.#complete(),
      (error: unknown) => this.#spoolFailed(error),
    );
  }

  #complete(): void {
    if (this.#isOver) return;
    this.#settle();
    this.#listener.onBody(this.#spool);
  }

  #gone(): void {
    if (this.#request.complete) return;
    const message = "the client left inside its request body";
    this.#fail(new ProtocolError("UWB_ERR_CLIENT_GONE", message, { offset: this.#spool.size }));
  }

  #fail(error: UwsgiBridgeError): void {
    if (this.#isOver) return;
    this.cancel();
    this.#listener.onBodyError(error);
  }

  #settle(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#deadlines.forget(this);
  }
}
