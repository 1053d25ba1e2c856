import type { Socket } from "node:net";
import type { Packet } from "../codec/packet.ts";
import { PacketDecoder } from "../codec/packet-decoder.ts";
import { responseHeadText } from "../codec/response-head.ts";
import { ProtocolError } from "../errors.ts";
import { createEnviron, type ServerFacts } from "../gateway/create-environ.ts";
import { type CgiEnviron, environFromPacket, requestBodyLength } from "../gateway/environ.ts";
import { ErrorLog } from "../gateway/error-log.ts";
import { reasonPhrase } from "../gateway/reason-phrases.ts";
import { type AppRun, runApp } from "../gateway/run-app.ts";
import type { Application, Environ } from "../gateway/types.ts";
import type { Deadlined, Deadlines } from "../net/deadlines.ts";
import { packetKind } from "./modifiers.ts";
import type { WorkerSettings } from "./options.ts";
import { RequestBody } from "./request-body.ts";
import type { RequestSlots, SlotUser } from "./request-slots.ts";
import { type ResponseListener, ResponseStream } from "./response-stream.ts";

/** What the connections of a worker share. */
export interface ConnectionHost {
  readonly app: Application;
  readonly settings: WorkerSettings;
  readonly facts: ServerFacts;
  readonly slots: RequestSlots;
  /** All open connections. */
  readonly connections: Deadlines<Connection>;
  onRequest(): void;
  /** A request has ended: somebody else may have its slot. */
  onFinished(): void;
  onUnknownModifier(modifier1: number): void;
  onClosed(): void;
}

/** Answer to a ping: the same header, `modifier2` 1. */
const PONG = "\x64\x00\x00\x01";

/**
 * One accepted socket: a packet, a body, one run of the application, one response, and a goodbye that loses nothing.
 *
 * `packet` until the packet is whole, `waiting` for a slot, `running` the application, `closing` once the response was handed over
 * and what the peer still sends is read and dropped.
 */
export class Connection implements Deadlined, SlotUser, ResponseListener {
  deadline: number;
  slot = -1;
  readonly #host: ConnectionHost;
  readonly #socket: Socket;
  readonly #decoder: PacketDecoder;
  readonly #response: ResponseStream;
  #state: "packet" | "waiting" | "running" | "closing" = "packet";
  #body: RequestBody | undefined;
  #environ: Environ | undefined;
  #errors: ErrorLog | undefined;
  #run: AppRun | undefined;
  #abort: AbortController | undefined;
  #isBlocked = false;
  #idleLimitMs = 0;
  #lingered = 0;

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#decoder = new PacketDecoder(host.settings);
    this.#response = new ResponseStream(socket, this);
    this.deadline = host.connections.now + host.settings.headerTimeoutMs;
    host.connections.watch(this);
    socket.on("data", (chunk: Buffer) => this.#receive(chunk));
    socket.on("end", () => this.#peerEnded());
    socket.on("error", () => this.#peerLeft());
    socket.on("close", () => this.#closed());
  }

  /** `uwsgi_bridge.signal`, made when the application first asks for it. */
  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.#response.isGone) this.#abort.abort(clientGone());
    }
    return this.#abort.signal;
  }

  /** No request has begun: closing loses nothing. */
  get isIdle(): boolean {
    return this.#state === "packet" && this.#decoder.pendingBytes === 0;
  }

  /** Our turn: a slot is free. */
  run(): void {
    const environ = this.#environ;
    if (!environ) return;
    this.#state = "running";
    this.#run = runApp(this.#host.app, environ, {
      sink: this.#response,
      log: this.#host.settings.log,
      onFinished: () => this.#finished(),
    });
  }

  /** Cut the connection now; the application learns it from its signal. */
  cut(): void {
    this.#peerLeft();
    this.#response.cut();
  }

  onDeadline(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    if (this.#state === "packet" && this.#decoder.pendingBytes > 0) {
      const limit = this.#host.settings.headerTimeoutMs;
      this.#answer(408, `the packet was not complete after ${limit} ms`);
    } else {
      this.#response.cut();
    }
  }

  onResponded(): void {
    this.#state = "closing";
    this.#environ = undefined;
    this.#run = undefined;
    this.#body?.discard();
    if (this.#response.isFlushed) {
      this.#linger();
    } else {
      // A peer that reads slowly may take as long as it needs: only silence ends it.
      this.deadline = Number.POSITIVE_INFINITY;
      this.#isBlocked = true;
      this.#setIdleTimer(this.#host.settings.sendTimeoutMs);
      this.#socket.once("finish", () => this.#linger());
    }
  }

  onBlocked(isBlocked: boolean): void {
    this.#isBlocked = isBlocked;
    this.#armIdleTimer();
  }

  #receive(chunk: Buffer): void {
    switch (this.#state) {
      case "packet":
        this.#receivePacket(chunk);
        break;
      case "closing":
        this.#lingered += chunk.length;
        if (this.#lingered > this.#host.settings.maxLingerBytes) this.#response.cut();
        break;
      default:
        this.#body?.receive(chunk);
        this.#armIdleTimer();
    }
  }

  #receivePacket(chunk: Buffer): void {
    this.#decoder.receive(chunk);
    try {
      const event = this.#decoder.next();
      if (event.type === "packet") this.#dispatch(event);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#refuse(error);
    }
  }

  #dispatch(packet: Packet): void {
    switch (packetKind(packet.modifier1)) {
      case "request":
        this.#beginRequest(packet);
        break;
      case "ping":
        this.#goodbye(PONG);
        break;
      case "unknown":
        this.#host.onUnknownModifier(packet.modifier1);
        this.#goodbye("");
        break;
    }
  }

  #beginRequest(packet: Packet): void {
    const { settings, slots, facts } = this.#host;
    this.deadline = Number.POSITIVE_INFINITY;
    const cgi = environFromPacket(packet);
    const length = requestBodyLength(cgi);
    if (length === "chunked" && !settings.chunkedInput) throw lengthRequired();

    this.#body = new RequestBody(length, this.#socket);
    this.#errors = this.#errorLog(cgi);
    this.#state = "waiting";
    Object.assign(cgi, settings.environ);
    this.#environ = createEnviron(cgi, packet, {
      server: facts,
      parts: { input: this.#body.input, errors: this.#errors, signalOwner: this },
    });
    this.#body.receive(this.#decoder.takeRemainder() as Buffer);
    this.#host.onRequest();
    const turn = slots.request(this);
    if (turn === "run") this.run();
    else if (turn === "refuse") this.#answer(503, "too many requests are waiting", [["Retry-After", "1"]]);
    this.#armIdleTimer();
  }

  #finished(): void {
    void this.#errors?.flush();
    this.#host.onFinished();
  }

  #linger(): void {
    this.deadline = this.#host.connections.now + this.#host.settings.lingerTimeoutMs;
    this.#setIdleTimer(0);
  }

  #errorLog(cgi: CgiEnviron): ErrorLog {
    const { log } = this.#host.settings;
    return new ErrorLog((line) => log.error({ method: cgi.REQUEST_METHOD, path: cgi.PATH_INFO }, line));
  }

  #peerEnded(): void {
    if (this.#state === "packet") {
      this.#decoder.end();
      this.#receivePacketEnd();
    } else if (this.#state !== "closing") {
      this.#body?.breakOff();
      if (!this.#host.settings.halfOpen) this.#peerLeft();
    }
    // Our side is closed as well, unless a response is still to come.
    if (this.#state === "packet" || this.#response.isGone) this.#socket.destroy();
  }

  #receivePacketEnd(): void {
    if (this.#decoder.pendingBytes === 0) return;
    this.#host.settings.log.debug(
      { code: "UWB_ERR_PACKET_TRUNCATED", bytes: this.#decoder.pendingBytes },
      "a peer closed inside a packet",
    );
  }

  /** Nobody waits for the response any more. */
  #peerLeft(): void {
    if (this.#response.isGone || this.#response.isEnded) return;
    this.#response.leave();
    if (this.#state === "waiting") this.#host.slots.leave(this);
    this.#body?.breakOff();
    this.#abort?.abort(clientGone());
    this.#run?.clientGone();
  }

  #closed(): void {
    this.#peerLeft();
    this.#host.connections.forget(this);
    this.#host.onClosed();
  }

  /** The socket was silent: the peer reads nothing, or sends nothing. */
  #idle(): void {
    const { log, sendTimeoutMs, bodyTimeoutMs } = this.#host.settings;
    if (this.#isBlocked) {
      log.warn(
        { code: "UWB_ERR_SEND_TIMEOUT", limitMs: sendTimeoutMs },
        "a peer takes nothing of its response",
      );
      this.cut();
    } else {
      this.#body?.timeOut(bodyTimeoutMs);
    }
  }

  #armIdleTimer(): void {
    if (this.#state !== "running" && this.#state !== "waiting") return;
    const { sendTimeoutMs, bodyTimeoutMs } = this.#host.settings;
    if (this.#isBlocked) this.#setIdleTimer(sendTimeoutMs);
    else this.#setIdleTimer(this.#body?.isAwaited ? bodyTimeoutMs : 0);
  }

  #setIdleTimer(limitMs: number): void {
    if (limitMs === this.#idleLimitMs) return;
    if (this.#socket.timeout === undefined) this.#socket.on("timeout", () => this.#idle());
    this.#idleLimitMs = limitMs;
    this.#socket.setTimeout(limitMs);
  }

  #refuse(error: ProtocolError): void {
    this.#host.settings.log.warn({ code: error.code, offset: error.offset }, error.message);
    this.#answer(error.statusHint, `${error.code}: ${error.message}`);
  }

  #answer(status: number, text: string, headers: [string, string][] = []): void {
    const reason = reasonPhrase(status);
    const page = `${reason}\n${text}\n`;
    const head = {
      status,
      reason,
      headers: [...headers, ["Content-Type", "text/plain"], ["Content-Length", String(page.length)]] as [
        string,
        string,
      ][],
    };
    this.#goodbye(responseHeadText(head) + page);
  }

  /** The last words on this connection, without an application. */
  #goodbye(text: string): void {
    this.#socket.end(text, "latin1");
    this.onResponded();
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
