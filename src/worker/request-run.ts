import type { Socket } from "node:net";
import { EARLY_HINTS_VAR } from "../codec/constants.ts";
import type { Packet } from "../codec/packet.ts";
import { offersPersistence } from "../codec/persistence.ts";
import { type ResponseHead, responseHeadText } from "../codec/response-head.ts";
import { createEnviron } from "../gateway/create-environ.ts";
import type { DirectRequest, DirectRun } from "../gateway/direct.ts";
import { type CgiEnviron, environFromPacket, requestBodyLength } from "../gateway/environ.ts";
import { ErrorLog } from "../gateway/error-log.ts";
import { type ConnectionExtensions, earlyHints } from "../gateway/extensions.ts";
import { protocolsAsked } from "../gateway/protocol-switch.ts";
import { type AppRun, runApp } from "../gateway/run-app.ts";
import type { EarlyHints, Environ, HeaderPair, Outcome } from "../gateway/types.ts";
import { descriptorReader } from "./descriptor-reader.ts";
import { EarlyBytes } from "./early-bytes.ts";
import { RequestBody } from "./request-body.ts";
import { clientGone, lengthRequired } from "./request-errors.ts";
import type { RequestHost, RequestListener } from "./request-host.ts";
import type { SlotUser } from "./request-slots.ts";
import { type Keeper, type ResponseListener, ResponseStream } from "./response-stream.ts";
import { describeRunning, type RunningRequest } from "./running-request.ts";
import { SilenceLimit } from "./silence-limit.ts";

/** One request on a connection: its environ, its body, its turn, the run of the application, its response. */
export class RequestRun implements SlotUser, ResponseListener, DirectRequest, ConnectionExtensions {
  readonly socket: Socket;
  readonly protocols: readonly string[];
  readonly takesHints: boolean;
  readonly #host: RequestHost;
  readonly #listener: RequestListener;
  readonly #body: RequestBody;
  readonly #response: ResponseStream;
  readonly #errors: ErrorLog;
  readonly #keeper: Keeper | undefined;
  readonly #environ: Environ;
  #state: "waiting" | "running" | "responded" = "waiting";
  #run: AppRun | undefined;
  #direct: DirectRun | undefined;
  #abort: AbortController | undefined;
  #isTakenOver = false;
  readonly #early: EarlyBytes;
  #isBlocked = false;
  #isFinished = false;
  readonly #silence: SilenceLimit;
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
    this.#early = new EarlyBytes(socket);
    this.#silence = new SilenceLimit(socket);
    this.#body = new RequestBody(length, socket);
    this.#keeper = offersPersistence(packet) ? this : undefined;
    this.#response = new ResponseStream(socket, this, { method: cgi.REQUEST_METHOD, keeper: this.#keeper });
    this.#errors = this.#errorLog(cgi);
    this.protocols = length === 0 ? protocolsAsked(cgi) : [];
    this.takesHints = packet.vars.some(([name, value]) => name === EARLY_HINTS_VAR && value === "1");
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
    // On a kept connection nothing that an application does to its socket, or writes too late, may meet the next request.
    if (directHandler && !(this.#keeper && this.#host.acceptance)) {
      this.#direct = directHandler(this);
      this.#body.redirect(this.#direct);
      this.#armIdleTimer();
    } else {
      this.#run = runApp(app, this.#environ, {
        sink: this.#response,
        log: settings.log,
        descriptors: descriptorReader,
        onFinished: (outcome) => this.#ran(outcome),
        extensions: this.takesHints || this.protocols.length > 0 ? this : undefined,
      });
    }
  }

  /** An answer that comes before the body has arrived ends the connection: what follows would stand in front of the next packet. */
  get acceptance(): HeaderPair | undefined {
    return this.#body.isComplete ? this.#host.acceptance : undefined;
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
    this.#isTakenOver = true;
    this.#listener.onTakenOver();
    // As Node's HTTP server leaves a socket: what arrives before somebody listens waits.
    Reflect.set(this.socket, "readableFlowing", null);
    this.socket.setNoDelay(true);
    this.#finished();
    return this.#early.take();
  }

  switchProtocols(head: ResponseHead): Socket {
    this.sendInterim(head);
    const early = this.takeOver();
    if (early.length > 0) this.socket.unshift(early);
    return this.socket;
  }

  get sendHints(): EarlyHints | undefined {
    return this.takesHints ? earlyHints(this, () => this.#state !== "running" || this.isGone) : undefined;
  }

  sendInterim(head: ResponseHead): void {
    this.socket.setNoDelay(true);
    this.socket.write(responseHeadText(head), "latin1");
  }

  get isGone(): boolean {
    return this.#response.isGone;
  }

  /** Bytes of the request body; or of the protocol that the request asks to switch to. */
  receive(bytes: Buffer): void {
    if (this.protocols.length > 0) this.#early.keep(bytes);
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
    if (this.#response.isGone) return;
    if (this.#response.isEnded) {
      // An application may have answered and read on; what came since was dropped.
      this.#body.breakOff();
      return;
    }
    this.#response.leave();
    if (this.#state === "waiting") this.#host.slots.leave(this);
    this.#body.breakOff();
    this.#abort?.abort(reason());
    this.#run?.clientGone();
    this.#direct?.peerLeft();
  }

  /** Close the connection now, so that a response that was not complete does not look so. */
  cut(): void {
    this.#direct?.cut();
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
      this.#silence.reset();
      this.#armIdleTimer();
    }
  }

  onResponded(): void {
    this.#state = "responded";
    this.#run = undefined;
    const isKept = this.#response.isKept && this.#body.isComplete;
    if (isKept) this.#setIdleTimer(0);
    // The peer was told that it is kept, and then sent what belongs to no request.
    else if (this.#response.isKept) this.socket.end();
    this.#listener.onResponded(isKept);
    if (isKept) return;
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

  #ran(outcome: Outcome): void {
    // Nobody is left who would close it.
    const hasFailed = outcome === "app-error";
    if (this.#isTakenOver && hasFailed) this.cut();
    this.#finished(hasFailed);
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
    if (limitMs > 0) this.#listener.watchSilence();
    this.#silence.set(limitMs);
  }
}
