import type { Socket } from "node:net";
import type { Packet } from "../codec/packet.ts";
import { PacketDecoder } from "../codec/packet-decoder.ts";
import { offersPersistence, PERSISTENCE } from "../codec/persistence.ts";
import { responseHeadText } from "../codec/response-head.ts";
import { ProtocolError, UpstreamError } from "../errors.ts";
import { reasonPhrase } from "../gateway/reason-phrases.ts";
import type { Deadlined, Deadlines } from "../net/deadlines.ts";
import { countRead } from "../net/read-garbage.ts";
import { WriteProgress } from "../net/write-progress.ts";
import { packetKind } from "./modifiers.ts";
import type { RequestHost, RequestListener } from "./request-host.ts";
import { RequestRun } from "./request-run.ts";
import { descriptorOf } from "./running-request.ts";
import { ignoreSilence, onSilence, type SilenceListener } from "./silence-limit.ts";

/** What the connections of a worker share. */
export interface ConnectionHost extends RequestHost {
  /** All open connections. */
  readonly connections: Deadlines<Connection>;
  onUnknownModifier(modifier1: number): void;
  /** An application took a connection over. */
  onTunnel(): void;
  /** @param bytesSent - On this connection. */
  onClosed(wasTunnel: boolean, bytesSent: number): void;
}

/** What an answer of the worker itself is about. */
interface AnswerContext {
  /** The request, where it could be read. */
  readonly packet?: Packet | undefined;
  /** @defaultValue none but those of the page */
  readonly headers?: readonly [string, string][];
}

/** A peer that connected when the worker was told to close is about to send its request: it has this long. */
const RETIRING_MS = 500;
/** How often a kept connection is looked at whose peer has not taken the response yet. */
const FLUSH_CHECK_MS = 1000;
/** Answer to a ping: the same header, `modifier2` 1. */
const PONG = "\x64\x00\x00\x01";

/**
 * One accepted socket: a packet, a request, and another where the peer keeps it, and a goodbye that loses nothing.
 *
 * `packet` until the packet is whole, `request` until its response was handed over, `closing` while what the peer still sends is read and
 * dropped, `taken` when an application speaks another protocol on it.
 */
export class Connection implements Deadlined, RequestListener, SilenceListener {
  deadline: number;
  slot = -1;
  readonly #host: ConnectionHost;
  readonly #socket: Socket;
  readonly #decoder: PacketDecoder;
  #state: "packet" | "request" | "closing" | "taken" = "packet";
  #request: RequestRun | undefined;
  #lingered = 0;
  /** It carried a request, and may carry another. */
  #isKept = false;
  #isSilenceWatched = false;
  /** The last response has not left yet. */
  #isFlushing = false;
  #progress: WriteProgress | undefined;

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#decoder = new PacketDecoder(host.settings);
    this.deadline = host.connections.now + host.settings.headerTimeoutMs;
    host.connections.watch(this);
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("error", () => this.#request?.peerLeft());
    socket.on("close", () => this.#closed());
  }

  /** No further request is to begin here: the worker closes. */
  retire(): void {
    if (this.#state !== "packet" || this.#decoder.pendingBytes > 0) return;
    if (this.#isKept) this.#goodbye(PERSISTENCE.closeMark);
    else this.deadline = Math.min(this.deadline, this.#host.connections.now + RETIRING_MS);
  }

  /**
   * The descriptor of the connection, when it is kept, its last response has left and nothing was read of a further request; otherwise -1.
   */
  get restingFd(): number {
    const isBetween = this.#isKept && this.#state === "packet" && this.#decoder.pendingBytes === 0;
    return isBetween && this.#socket.writableLength === 0 ? descriptorOf(this.#socket) : -1;
  }

  /** The request in progress. */
  get running(): RequestRun | undefined {
    return this.#state === "request" ? this.#request : undefined;
  }

  /** The time of the request is over before anything was answered. */
  expire(): void {
    const error = new UpstreamError("UWB_ERR_HARAKIRI", "the request took too long", 504);
    this.#answer(504, error.code);
    this.#request?.peerLeft(() => error);
  }

  /** Cut the connection now; the application learns it from its signal. */
  cut(): void {
    if (this.#request) this.#request.cut();
    else this.#socket.destroy();
  }

  onDeadline(): void {
    this.deadline = Number.POSITIVE_INFINITY;
    if (this.#state === "packet" && this.#decoder.pendingBytes > 0) {
      const limit = this.#host.settings.headerTimeoutMs;
      this.#answer(408, `the packet was not complete after ${limit} ms`);
    } else if (this.#state === "packet" && this.#isKept) {
      this.#idleTooLong();
    } else {
      this.cut();
    }
  }

  onResponded(isKept: boolean): void {
    if (!isKept) {
      this.#state = "closing";
      return;
    }
    this.#request = undefined;
    this.#isKept = true;
    this.#state = "packet";
    this.#armIdle();
    // The worker closes since the head was sent.
    if (!this.#host.acceptance) this.retire();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** The time of a kept connection begins when the peer has taken the response; until then it must go on taking. */
  #armIdle(): void {
    const { connections, settings } = this.#host;
    this.#isFlushing = this.#socket.writableLength > 0;
    this.deadline = connections.now + (this.#isFlushing ? FLUSH_CHECK_MS : settings.persistIdleMs);
  }

  #idleTooLong(): void {
    if (!this.#isFlushing) {
      this.#goodbye(PERSISTENCE.closeMark);
      return;
    }
    this.#progress ??= new WriteProgress(this.#socket);
    const { connections, settings } = this.#host;
    if (this.#progress.stalledMs(connections.now) >= settings.sendTimeoutMs) this.cut();
    else this.#armIdle();
  }

  watchSilence(): void {
    if (this.#isSilenceWatched) return;
    this.#isSilenceWatched = true;
    onSilence(this.#socket, this);
  }

  onSilence(): void {
    this.#request?.idle();
  }

  onFlushed(): void {
    this.deadline = this.#host.connections.now + this.#host.settings.lingerTimeoutMs;
  }

  onTakenOver(): void {
    this.#state = "taken";
    this.#host.onTunnel();
    ignoreSilence(this.#socket);
    this.#socket.off("data", this.#onData);
    this.#socket.off("end", this.#onEnd);
  }

  readonly #onData = (chunk: Buffer): void => {
    countRead(chunk.length);
    switch (this.#state) {
      case "packet":
        this.#receivePacket(chunk);
        break;
      case "closing":
        this.#lingered += chunk.length;
        if (this.#lingered > this.#host.settings.maxLingerBytes) this.cut();
        break;
      default:
        this.#request?.receive(chunk);
    }
  };

  readonly #onEnd = (): void => {
    if (this.#state === "packet") {
      this.#packetEnded();
      this.#socket.destroy();
    } else if (this.#state === "request" && this.#request?.peerEnded()) {
      this.#socket.destroy();
    }
  };

  #receivePacket(chunk: Buffer): void {
    this.#decoder.receive(chunk);
    let packet: Packet | undefined;
    try {
      const event = this.#decoder.next();
      if (event.type === "packet") {
        packet = event;
        this.#dispatch(packet);
      } else this.#limitPacketTime();
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#host.settings.log.warn({ code: error.code, offset: error.offset }, error.message);
      this.#answer(error.statusHint, `${error.code}: ${error.message}`, { packet });
    }
  }

  /** On a kept connection, the time for a packet begins with its first byte. */
  #limitPacketTime(): void {
    const { connections, settings } = this.#host;
    this.deadline = Math.min(this.deadline, connections.now + settings.headerTimeoutMs);
  }

  #dispatch(packet: Packet): void {
    if (this.#isKept && !offersPersistence(packet)) {
      // Not the peer that agreed to keep the connection: what it sends may be somebody's body.
      this.#goodbye("");
      return;
    }
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
    const request = new RequestRun(packet, this.#socket, { host: this.#host, listener: this });
    this.#request = request;
    this.#state = "request";
    this.deadline = Number.POSITIVE_INFINITY;
    if (request.begin(this.#decoder.takeRemainder() as Buffer) === "refuse") {
      const headers: [string, string][] = [["Retry-After", "1"]];
      this.#answer(503, "too many requests are waiting", { packet, headers });
    }
  }

  #packetEnded(): void {
    const { pendingBytes } = this.#decoder;
    if (pendingBytes === 0) return;
    const fields = { code: "UWB_ERR_PACKET_TRUNCATED", bytes: pendingBytes };
    this.#host.settings.log.debug(fields, "a peer closed inside a packet");
  }

  #closed(): void {
    this.#request?.peerLeft();
    this.#host.connections.forget(this);
    this.#host.onClosed(this.#state === "taken", this.#socket.bytesWritten);
  }

  #answer(status: number, text: string, { packet, headers = [] }: AnswerContext = {}): void {
    const reason = reasonPhrase(status);
    const page = `${reason}\n${text}\n`;
    const own: [string, string][] = [
      ["Content-Type", "text/plain"],
      ["Content-Length", String(page.length)],
    ];
    const head = responseHeadText({ status, reason, headers: [...headers, ...own] });
    this.#goodbye(packet && isHead(packet) ? head : head + page);
  }

  /** The last words on this connection, without an application. */
  #goodbye(text: string): void {
    this.#state = "closing";
    this.#socket.end(text, "latin1");
    this.onFlushed();
  }
}

/** Whether the request is for the head alone; of several methods the last counts, as in the environ. */
function isHead({ vars }: Packet): boolean {
  return vars.findLast(([name]) => name === "REQUEST_METHOD")?.[1] === "HEAD";
}
