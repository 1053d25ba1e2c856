import { acceptedIdleMs } from "../codec/persistence.ts";
import { ResponseDecoder } from "../codec/response-decoder.ts";
import { ProtocolError, UpstreamError, type UwsgiBridgeError } from "../errors.ts";
import type { Deadlined, Deadlines } from "../net/deadlines.ts";
import { formatEndpoint } from "../net/endpoint.ts";
import { CloseMarkWatch } from "./close-mark.ts";
import { bodyError, exchangeTimeout } from "./exchange-errors.ts";
import type {
  ExchangeHandler,
  ExchangeLimits,
  ExchangeRequest,
  TakenConnection,
} from "./exchange-handler.ts";
import { httpIdleMs } from "./http-persistence.ts";
import type { WriterContext } from "./paced-writer.ts";
import { RequestSender } from "./request-sender.ts";
import type { FailedAt } from "./retry-rule.ts";
import type { Upstream } from "./upstream.ts";
import type { ConnectionUser, UpstreamConnection } from "./upstream-connection.ts";

/** Silence after which the system asks whether the other machine is still there. */
const KEEP_ALIVE_PROBE_MS = 60_000;

/** What an exchange needs besides its request. */
export interface ExchangeContext {
  readonly handler: ExchangeHandler;
  readonly limits: ExchangeLimits;
  readonly deadlines: Deadlines<Deadlined>;
  /** Do not use a connection that was used before. @defaultValue false */
  readonly isFresh?: boolean;
}

/**
 * One uwsgi request and its response over one connection. Never closes its own side first: several servers take that
 * for a client that left.
 */
export class Exchange implements Deadlined, ConnectionUser, WriterContext {
  deadline: number = Number.POSITIVE_INFINITY;
  slot = -1;
  readonly #upstream: Upstream;
  readonly #request: ExchangeRequest;
  readonly #context: ExchangeContext;
  readonly #decoder: ResponseDecoder;
  readonly #isHttp: boolean;
  #connection: UpstreamConnection | undefined;
  #phase: "wait" | "connect" | "send" | "read" | "over" = "wait";
  #failedAt: FailedAt = "connect";
  readonly #sender: RequestSender;
  #waitsUntil = 0;
  #lastByteAt = Number.NEGATIVE_INFINITY;
  #isPaused = false;
  #readTimeoutMs: number;
  #acceptedIdleMs: number | undefined;
  readonly #markWatch = new CloseMarkWatch();

  constructor(upstream: Upstream, request: ExchangeRequest, context: ExchangeContext) {
    this.#upstream = upstream;
    this.#request = request;
    this.#context = context;
    this.#readTimeoutMs = context.limits.readTimeoutMs;
    this.#isHttp = request.isHttp ?? false;
    this.#decoder = new ResponseDecoder({ method: request.method, isHttp: this.#isHttp });
    this.#sender = new RequestSender(request, this);
  }

  /** Begin. The handler may be called before this returns. */
  start(): void {
    const { deadlines, limits } = this.#context;
    this.#waitsUntil = deadlines.now + limits.queueTimeoutMs;
    this.deadline = this.#waitsUntil;
    deadlines.watch(this);
    try {
      this.#upstream.acquire(this);
    } catch (error) {
      this.#fail(error as UwsgiBridgeError);
    }
  }

  get needsFresh(): boolean {
    return this.#context.isFresh ?? false;
  }

  /** How far it came, when it failed. */
  get failedAt(): FailedAt {
    return this.#failedAt;
  }

  /** The connection was used before this exchange. */
  get wasReused(): boolean {
    return this.#connection?.isReused ?? false;
  }

  /** Take blocks again after `onData` answered false. */
  resume(): void {
    if (!this.#isPaused || this.#phase === "over") return;
    this.#isPaused = false;
    this.#armRead();
    this.#connection?.socket.resume();
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
    this.#connection?.socket.setKeepAlive(true, KEEP_ALIVE_PROBE_MS);
  }

  /** After a 101: the connection is the caller's, who listens at once, and the handler hears nothing more. */
  takeOver(): TakenConnection {
    const connection = this.#over() as UpstreamConnection;
    const head = this.#decoder.takeRemainder();
    return { socket: this.#upstream.giveAway(connection), head };
  }

  onDeadline(): void {
    this.#fail(this.#timeoutError());
  }

  onWaiting(): void {
    this.#phase = "wait";
    this.#connection = undefined;
    this.deadline = this.#waitsUntil;
  }

  onConnecting(connection: UpstreamConnection): void {
    this.#phase = "connect";
    this.#connection = connection;
    this.deadline = this.#context.deadlines.now + this.#context.limits.connectTimeoutMs;
  }

  onReady(connection: UpstreamConnection): void {
    this.#connection = connection;
    this.#failedAt = "lost";
    const rest = this.#sender.send(connection.socket);
    this.#phase = rest ? "send" : "read";
    if (rest) {
      this.deadline = Number.POSITIVE_INFINITY;
      void this.#sendRest(rest);
    } else {
      this.#armRead();
    }
  }

  onData(chunk: Buffer): void {
    this.#lastByteAt = this.#context.deadlines.now;
    const answer = this.#isHttp ? chunk : this.#markWatch.receive(chunk);
    if (answer === "mark") {
      this.#failedAt = "refused";
      this.#fail(new UpstreamError("UWB_ERR_UPSTREAM_REFUSED", `${this.#where} is about to end`, 503));
      return;
    }
    if (answer.length === 0) return;
    this.#failedAt = "answered";
    this.#decoder.receive(answer);
    this.#drain();
    if (this.#phase === "over") return;
    if (this.#phase === "read" && !this.#isPaused) this.#armRead();
    this.#context.handler.onPause();
  }

  onEnded(): void {
    if (this.#decoder.receivedBytes > 0) {
      this.#decoder.end();
      this.#drain();
      return;
    }
    const message = `${this.#where} closed the connection without an answer`;
    this.#fail(new UpstreamError("UWB_ERR_UPSTREAM_CLOSED", message, 502));
  }

  /** A reset is not an end: what was received so far is not a response. */
  onBroken(error: NodeJS.ErrnoException | undefined): void {
    if (this.#phase === "connect") {
      const why = error?.message || error?.code || "the connection was closed";
      const message = `can not connect to ${this.#where}: ${why}`;
      this.#fail(new UpstreamError("UWB_ERR_UPSTREAM_CONNECT", message, 503, { cause: error }));
      return;
    }
    const bytes = this.#decoder.receivedBytes;
    const message = `${this.#where} broke the connection after ${bytes} bytes of its answer`;
    this.#fail(new UpstreamError("UWB_ERR_UPSTREAM_RESET", message, 502, { cause: error }));
  }

  get #where(): string {
    return formatEndpoint(this.#upstream.target);
  }

  async #sendRest(rest: Promise<void>): Promise<void> {
    try {
      await rest;
      if (this.#phase !== "send") return;
      this.#phase = "read";
      this.#armRead();
    } catch (error) {
      this.#failedAt = "body";
      this.#fail(bodyError(error));
    }
  }

  /** Hand over everything the decoder can tell. */
  #drain(): void {
    const { handler } = this.#context;
    try {
      for (let event = this.#decoder.next(); event.type !== "need-data"; event = this.#decoder.next()) {
        switch (event.type) {
          case "interim":
            handler.onInterim(event.head);
            break;
          case "head":
            this.#acceptedIdleMs = this.#isHttp
              ? httpIdleMs(event.head, event.framing, this.#decoder.isHttp10)
              : acceptedIdleMs(event.head.headers);
            handler.onHead(event.head, event.framing);
            break;
          case "data":
            if (!handler.onData(event.block)) this.#pause();
            break;
          case "end":
            this.#complete(event.surplus);
            handler.onEnd();
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
    this.#connection?.socket.pause();
  }

  #fail(error: UwsgiBridgeError): void {
    if (this.#phase === "over") return;
    this.#finish();
    this.#context.handler.onError(error);
  }

  #timeoutError(): UpstreamError {
    const { limits } = this.#context;
    if (this.#phase === "wait") {
      return this.#upstream.busyError(`no connection became free within ${limits.queueTimeoutMs} ms`);
    }
    if (this.#failedAt === "lost") this.#failedAt = "silent";
    return exchangeTimeout(this.#phase === "over" ? "read" : this.#phase, this.#where, limits);
  }

  /** The response is whole: the connection goes back. */
  #complete(hasSurplus: boolean): void {
    const isRequestSent = this.#phase === "read";
    const connection = this.#over();
    if (!connection) return;
    const { wasOffered = false } = this.#request;
    const acceptedMs = wasOffered ? this.#acceptedIdleMs : undefined;
    this.#upstream.release(connection, { acceptedIdleMs: acceptedMs, isRequestSent, hasSurplus, wasOffered });
  }

  #finish(): void {
    if (this.#phase === "over") return;
    const isWaiting = this.#phase === "wait";
    const connection = this.#over();
    if (connection) this.#upstream.discard(connection);
    else if (isWaiting) this.#upstream.leave(this);
  }

  #over(): UpstreamConnection | undefined {
    this.#phase = "over";
    this.#context.deadlines.forget(this);
    this.#sender.stop();
    return this.#connection;
  }

  #armRead(): void {
    this.deadline = this.#context.deadlines.now + this.#readTimeoutMs;
  }

  quietMs(): number {
    return this.#context.deadlines.now - this.#lastByteAt;
  }

  onBlocked(isBlocked: boolean): void {
    if (this.#phase !== "send") return;
    const { deadlines, limits } = this.#context;
    this.deadline = isBlocked ? deadlines.now + limits.sendTimeoutMs : Number.POSITIVE_INFINITY;
  }
}
