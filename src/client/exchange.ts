import { ResponseDecoder } from "../codec/response-decoder.ts";
import type { ResponseFraming } from "../codec/response-framing.ts";
import type { ResponseHead } from "../codec/response-head.ts";
import { ProtocolError, UpstreamError, type UwsgiBridgeError } from "../errors.ts";
import type { Deadlined, Deadlines } from "../net/deadlines.ts";
import { formatEndpoint, type Target } from "../net/endpoint.ts";
import { UpstreamSocket } from "../net/upstream-socket.ts";
import { type ExchangeLimits, timeoutError } from "./exchange-limits.ts";
import { PacedWriter } from "./paced-writer.ts";

/** What is sent. */
export interface ExchangeRequest {
  readonly method: string;
  /** The packet, a character per byte: see `packetText`. */
  readonly packet: string;
  /** The body. Blocks up to 64 KiB that are known from the start are sent together with the packet. */
  readonly body?: Uint8Array | AsyncIterable<Uint8Array> | undefined;
}

/** A connection that speaks another protocol from now on. */
export interface TakenConnection {
  readonly socket: UpstreamSocket;
  /** What the worker sent behind its 101. */
  readonly head: Buffer;
}

/** What comes back. After `onEnd` or `onError` nothing more. */
export interface ExchangeHandler {
  /** A 1xx head. */
  onInterim(head: ResponseHead): void;
  onHead(head: ResponseHead, framing: ResponseFraming): void;
  /** A block of body. False: no more until {@link Exchange.resume}. */
  onData(block: Uint8Array): boolean;
  /** Everything received so far was handed over. */
  onPause(): void;
  onEnd(): void;
  onError(error: UwsgiBridgeError): void;
}

/** Silence after which the system asks whether the other machine is still there. */
const KEEP_ALIVE_PROBE_MS = 60_000;
/** Bodies up to this size leave in the same write as the packet. */
const ONE_WRITE_BYTES = 65_536;

/**
 * One uwsgi request and its response over one fresh connection. Never closes its own side first: several servers take that
 * for a client that left.
 */
export class Exchange implements Deadlined {
  deadline: number;
  slot = -1;
  readonly #target: Target;
  readonly #request: ExchangeRequest;
  readonly #handler: ExchangeHandler;
  readonly #limits: ExchangeLimits;
  readonly #deadlines: Deadlines<Deadlined>;
  readonly #decoder: ResponseDecoder;
  readonly #socket: UpstreamSocket;
  #phase: "connect" | "send" | "read" | "over" = "connect";
  #writer: PacedWriter | undefined;
  #lastByteAt = Number.NEGATIVE_INFINITY;
  #isPaused = false;
  #readTimeoutMs: number;

  constructor(
    target: Target,
    request: ExchangeRequest,
    context: {
      readonly handler: ExchangeHandler;
      readonly limits: ExchangeLimits;
      readonly deadlines: Deadlines<Deadlined>;
    },
  ) {
    this.#target = target;
    this.#request = request;
    this.#handler = context.handler;
    this.#limits = context.limits;
    this.#readTimeoutMs = context.limits.readTimeoutMs;
    this.#deadlines = context.deadlines;
    this.#decoder = new ResponseDecoder({ method: request.method });
    this.deadline = this.#deadlines.now + this.#limits.connectTimeoutMs;
    this.#deadlines.watch(this);
    this.#socket = open(target);
    this.#socket.on("connect", () => this.#connected());
    this.#socket.on("data", this.#receive);
    this.#socket.on("end", () => this.#ended());
    this.#socket.on("error", (error: NodeJS.ErrnoException) => this.#broke(error));
    this.#socket.on("close", () => this.#broke(undefined));
  }

  /** Take blocks again after `onData` answered false. */
  resume(): void {
    if (!this.#isPaused || this.#phase === "over") return;
    this.#isPaused = false;
    this.#armRead();
    this.#socket.resume();
  }

  /** Give up: the connection is closed, and the handler hears nothing more. */
  abort(): void {
    this.#finish();
  }

  /**
   * From the head of a response on: wait for its body as long as the connection stands. Events may be hours apart; that the
   * worker's machine is still there is asked by the system.
   */
  liftReadTimeout(): void {
    this.#readTimeoutMs = Number.POSITIVE_INFINITY;
    this.#socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
  }

  /** After a 101: the connection is the caller's, who listens at once, and the handler hears nothing more. */
  takeOver(): TakenConnection {
    this.#phase = "over";
    this.#deadlines.forget(this);
    this.#socket.off("data", this.#receive);
    this.#socket.allowHalfOpen = true;
    return { socket: this.#socket, head: this.#decoder.takeRemainder() };
  }

  onDeadline(): void {
    this.#fail(timeoutError(this.#phase, this.#target, this.#limits));
  }

  #sendPacket(): void {
    const { packet, body } = this.#request;
    const isSmall = body instanceof Uint8Array && body.length <= ONE_WRITE_BYTES;
    if (!isSmall) {
      this.#socket.write(packet, "latin1");
      return;
    }
    this.#socket.cork();
    this.#socket.write(packet, "latin1");
    this.#socket.write(body);
    this.#socket.uncork();
  }

  #connected(): void {
    const { body } = this.#request;
    // Not before the connection is there: Node would wait for it with listeners of its own.
    this.#sendPacket();
    if (body === undefined || (body instanceof Uint8Array && body.length <= ONE_WRITE_BYTES)) {
      this.#phase = "read";
      this.#armRead();
    } else {
      void this.#sendBody(body instanceof Uint8Array ? [body] : body);
    }
  }

  async #sendBody(body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<void> {
    this.#phase = "send";
    this.deadline = Number.POSITIVE_INFINITY;
    this.#writer = new PacedWriter(this.#socket, {
      quietMs: () => this.#deadlines.now - this.#lastByteAt,
      onBlocked: (isBlocked) => this.#armSend(isBlocked),
    });
    try {
      await this.#writer.send(body);
      if (this.#phase !== "send") return;
      this.#phase = "read";
      this.#armRead();
    } catch (error) {
      this.#fail(
        new UpstreamError("UWB_ERR_UPSTREAM_CLOSED", "the request body could not be read to its end", 502, {
          cause: error,
        }),
      );
    }
  }

  readonly #receive = (chunk: Buffer): void => {
    this.#lastByteAt = this.#deadlines.now;
    this.#decoder.receive(chunk);
    this.#drain();
    if (this.#phase === "over") return;
    if (this.#phase === "read" && !this.#isPaused) this.#armRead();
    this.#handler.onPause();
  };

  #ended(): void {
    if (this.#phase === "over") return;
    if (this.#wasReset) {
      this.#broke(undefined);
      return;
    }
    if (this.#decoder.receivedBytes === 0) {
      this.#fail(
        new UpstreamError(
          "UWB_ERR_UPSTREAM_CLOSED",
          `${formatEndpoint(this.#target)} closed the connection without an answer`,
          502,
        ),
      );
      return;
    }
    this.#decoder.end();
    this.#drain();
  }

  /**
   * Node reports a reset as an orderly end when it arrives together with the last data. A TCP connection that was reset has
   * no peer any more.
   */
  get #wasReset(): boolean {
    return this.#target.type === "tcp" && this.#socket.remoteAddress === undefined;
  }

  /** Hand over everything the decoder can tell. */
  #drain(): void {
    try {
      for (let event = this.#decoder.next(); event.type !== "need-data"; event = this.#decoder.next()) {
        switch (event.type) {
          case "interim":
            this.#handler.onInterim(event.head);
            break;
          case "head":
            this.#handler.onHead(event.head, event.framing);
            break;
          case "data":
            if (!this.#handler.onData(event.block)) this.#pause();
            break;
          case "end":
            this.#finish();
            this.#handler.onEnd();
            return;
        }
        if (this.#phase === "over") return;
      }
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#fail(error);
    }
  }

  #pause(): void {
    this.#isPaused = true;
    this.deadline = Number.POSITIVE_INFINITY;
    this.#socket.pause();
  }

  /** The connection failed, or was closed under us. A reset is not an end: what was received so far is not a response. */
  #broke(error: NodeJS.ErrnoException | undefined): void {
    if (this.#phase === "over") return;
    const where = formatEndpoint(this.#target);
    if (this.#phase === "connect") {
      const why = error?.message || error?.code || "the connection was closed";
      const message = `can not connect to ${where}: ${why}`;
      this.#fail(new UpstreamError("UWB_ERR_UPSTREAM_CONNECT", message, 503, { cause: error }));
      return;
    }
    const bytes = this.#decoder.receivedBytes;
    const message = `${where} broke the connection after ${bytes} bytes of its answer`;
    this.#fail(new UpstreamError("UWB_ERR_UPSTREAM_RESET", message, 502, { cause: error }));
  }

  #fail(error: UwsgiBridgeError): void {
    if (this.#phase === "over") return;
    this.#finish();
    this.#handler.onError(error);
  }

  #finish(): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#deadlines.forget(this);
    this.#writer?.stop();
    this.#socket.destroy();
  }

  #armRead(): void {
    this.deadline = this.#deadlines.now + this.#readTimeoutMs;
  }

  #armSend(isBlocked: boolean): void {
    if (this.#phase !== "send") return;
    this.deadline = isBlocked ? this.#deadlines.now + this.#limits.sendTimeoutMs : Number.POSITIVE_INFINITY;
  }
}

function open(target: Target): UpstreamSocket {
  const socket = new UpstreamSocket();
  if (target.type === "unix") return socket.connect({ path: target.path });
  return socket.setNoDelay(true).connect({ host: target.host, port: target.port });
}
