import { Socket } from "node:net";
import type { Packet } from "../codec/packet.ts";
import { ProtocolError } from "../errors.ts";
import { createEnviron, type ServerFacts } from "../gateway/create-environ.ts";
import type { DirectHandler, DirectRequest, DirectRun } from "../gateway/direct.ts";
import { type CgiEnviron, environFromPacket, requestBodyLength } from "../gateway/environ.ts";
import { ErrorLog } from "../gateway/error-log.ts";
import { type AppRun, runApp } from "../gateway/run-app.ts";
import type { Application, Environ } from "../gateway/types.ts";
import type { WorkerSettings } from "./options.ts";
import { RequestBody } from "./request-body.ts";
import type { RequestSlots, SlotUser } from "./request-slots.ts";
import { type ResponseListener, ResponseStream } from "./response-stream.ts";
import { describeRunning, type RunningRequest } from "./running-request.ts";

/** Blocks that may arrive before a switch of protocols. */
const MAX_EARLY_BLOCKS = 4;

/** What the requests of a worker share. */
export interface RequestHost {
  readonly app: Application;
  /** How to run the application on the socket itself, when it can be. */
  readonly directHandler: DirectHandler | undefined;
  readonly settings: WorkerSettings;
  readonly facts: ServerFacts;
  readonly slots: RequestSlots;
  onRequest(): void;
  /** A request has ended, so many milliseconds after its start: somebody else may have its slot. */
  onFinished(ms: number, hasFailed: boolean): void;
}

/** What a request tells its connection. */
export interface RequestListener {
  /** The response was handed over, or given up. What the peer still sends is to be dropped. */
  onResponded(): void;
  /** The system has taken all of the response. */
  onFlushed(): void;
  /** The connection speaks another protocol from now on, and its bytes belong to whoever speaks it. */
  onTakenOver(): void;
}

/** One request on a connection: its environ, its body, its turn, the run of the application, its response. */
export class RequestRun implements SlotUser, ResponseListener, DirectRequest {
  readonly socket: Socket;
  readonly #host: RequestHost;
  readonly #listener: RequestListener;
  readonly #body: RequestBody;
  readonly #response: ResponseStream;
  readonly #errors: ErrorLog;
  readonly #environ: Environ;
  #state: "waiting" | "running" | "responded" = "waiting";
  #run: AppRun | undefined;
  #direct: DirectRun | undefined;
  #abort: AbortController | undefined;
  readonly #mayUpgrade: boolean;
  readonly #earlyBytes: Buffer[] = [];
  #isBlocked = false;
  #isFinished = false;
  #idleLimitMs = 0;
  readonly startedAt: number = performance.now();
  readonly #bytesBefore: number;

  /** @throws {@link ProtocolError} for a packet that is no valid request. */
  constructor(
    packet: Packet,
    socket: Socket,
    context: { readonly host: RequestHost; readonly listener: RequestListener },
  ) {
    const { host } = context;
    const cgi = environFromPacket(packet);
    const length = requestBodyLength(cgi);
    if (length === "chunked" && !host.settings.chunkedInput) throw lengthRequired();
    this.#host = host;
    this.socket = socket;
    this.#bytesBefore = socket.bytesWritten;
    this.#listener = context.listener;
    this.#body = new RequestBody(length, socket);
    this.#response = new ResponseStream(socket, this);
    this.#errors = this.#errorLog(cgi);
    this.#mayUpgrade = length === 0 && cgi["HTTP_UPGRADE"] !== undefined;
    Object.assign(cgi, host.settings.environ);
    this.#environ = createEnviron(cgi, packet, {
      server: host.facts,
      parts: { input: this.#body.input, errors: this.#errors, signalOwner: this },
    });
  }

  /** `uwsgi_bridge.signal`, made when the application first asks for it. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#response.isGone) this.#abort.abort(clientGone());
    }
    return this.#abort.signal;
  }

  /** Ask for a turn. `refuse`: there is no room, and the request will not be run. */
  begin(bodyStart: Buffer): "run" | "wait" | "refuse" {
    if (bodyStart.length > 0) this.receive(bodyStart);
    this.#host.onRequest();
    const turn = this.#host.slots.request(this);
    if (turn === "run") this.run();
    if (turn !== "refuse") this.#armIdleTimer();
    return turn;
  }

  /** Our turn: a slot is free. */
  run(): void {
    this.#state = "running";
    const { app, directHandler, settings } = this.#host;
    if (directHandler) {
      this.#direct = directHandler(this);
      this.#body.redirect(this.#direct);
      this.#armIdleTimer();
    } else {
      this.#run = runApp(app, this.#environ, {
        sink: this.#response,
        log: settings.log,
        onFinished: (outcome) => this.#finished(outcome === "app-error"),
      });
    }
  }

  get environ(): Environ {
    return this.#environ;
  }

  /** The application is done with it. */
  get isFinished(): boolean {
    return this.#isFinished;
  }

  /** What is to be known of it while it is in progress. */
  describe(): RunningRequest {
    return describeRunning(this, this.#bytesBefore);
  }

  get bodyLength(): number {
    return this.#body.input.remaining;
  }

  end(): void {
    this.#response.end();
    this.#finished();
  }

  abort(): void {
    this.peerLeft();
    this.#finished();
  }

  takeOver(): Buffer {
    this.#setIdleTimer(0);
    this.#state = "responded";
    this.#listener.onTakenOver();
    this.#finished();
    return Buffer.concat(this.#earlyBytes.splice(0));
  }

  /** Bytes of the request body; or of the protocol that the request asks to switch to. */
  receive(bytes: Buffer): void {
    if (this.#mayUpgrade) this.#keepEarlyBytes(bytes);
    else this.#body.receive(bytes);
    this.#armIdleTimer();
  }

  /** The peer sends nothing more. @returns Whether that means that it has left. */
  peerEnded(): boolean {
    this.#body.breakOff();
    if (!this.#host.settings.halfOpen) this.peerLeft();
    return this.#response.isGone;
  }

  /** Nobody waits for the response any more. @param reason - Makes what the application is told. */
  peerLeft(reason: () => Error = clientGone): void {
    if (this.#response.isGone || this.#response.isEnded) return;
    this.#response.leave();
    if (this.#state === "waiting") this.#host.slots.leave(this);
    this.#body.breakOff();
    this.#abort?.abort(reason());
    this.#run?.clientGone();
    this.#direct?.peerLeft();
  }

  /** Close the connection now, so that a response that was not complete does not look so. */
  cut(): void {
    this.peerLeft();
    this.#response.cut();
  }

  /** The socket was silent: the peer reads nothing, or sends nothing. */
  idle(): void {
    const { log, sendTimeoutMs, bodyTimeoutMs } = this.#host.settings;
    // Only the socket knows what a direct application has written.
    if (this.#isBlocked || (this.#direct && this.socket.writableLength > 0)) {
      log.warn(
        { code: "UWB_ERR_SEND_TIMEOUT", limitMs: sendTimeoutMs },
        "a peer takes nothing of its response",
      );
      this.cut();
    } else if (this.#body.isAwaited) {
      this.#body.timeOut(bodyTimeoutMs);
    } else {
      this.#idleLimitMs = 0;
      this.#armIdleTimer();
    }
  }

  onResponded(): void {
    this.#state = "responded";
    this.#run = undefined;
    this.#listener.onResponded();
    this.#body.discard();
    if (this.#response.isFlushed) {
      this.#flushed();
    } else {
      // A peer that reads slowly may take as long as it needs: only silence ends it.
      this.#isBlocked = true;
      this.#setIdleTimer(this.#host.settings.sendTimeoutMs);
      this.socket.once("finish", () => this.#flushed());
    }
  }

  onBlocked(isBlocked: boolean): void {
    this.#isBlocked = isBlocked;
    this.#armIdleTimer();
  }

  #flushed(): void {
    this.#isBlocked = false;
    this.#setIdleTimer(0);
    this.#listener.onFlushed();
  }

  /** A peer that does not wait for the switch: little of it is kept, the rest waits in the socket. */
  #keepEarlyBytes(bytes: Buffer): void {
    this.#earlyBytes.push(bytes);
    if (this.#earlyBytes.length >= MAX_EARLY_BLOCKS) this.socket.pause();
  }

  #finished(hasFailed = false): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    void this.#errors.flush();
    this.#host.onFinished(performance.now() - this.startedAt, hasFailed);
  }

  #errorLog(cgi: CgiEnviron): ErrorLog {
    const { log } = this.#host.settings;
    return new ErrorLog((line) => log.error({ method: cgi.REQUEST_METHOD, path: cgi.PATH_INFO }, line));
  }

  #armIdleTimer(): void {
    if (this.#state === "responded") return;
    const { sendTimeoutMs, bodyTimeoutMs } = this.#host.settings;
    if (this.#isBlocked) this.#setIdleTimer(sendTimeoutMs);
    else if (this.#body.isAwaited) this.#setIdleTimer(bodyTimeoutMs);
    else this.#setIdleTimer(this.#direct ? sendTimeoutMs : 0);
  }

  #setIdleTimer(limitMs: number): void {
    if (limitMs === this.#idleLimitMs) return;
    if (this.socket.timeout === undefined) this.socket.on("timeout", () => this.idle());
    this.#idleLimitMs = limitMs;
    // A direct application may have put a timeout of its own in the place of the method.
    Socket.prototype.setTimeout.call(this.socket, limitMs);
  }
}

function clientGone(): ProtocolError {
  return new ProtocolError("UWB_ERR_CLIENT_GONE", "the client left before the response was complete", {
    offset: 0,
  });
}

function lengthRequired(): ProtocolError {
  return new ProtocolError("UWB_ERR_LENGTH_REQUIRED", "the body is chunked and has no CONTENT_LENGTH", {
    offset: 0,
    statusHint: 411,
  });
}
