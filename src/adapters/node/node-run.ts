import { type Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { ProtocolError } from "../../errors.ts";
import type { DirectRequest, DirectRun } from "../../gateway/direct.ts";
import { protocolsAsked } from "../../gateway/protocol-switch.ts";
import { callListeners, deliver, type Exchange, reportFinished } from "./delivery.ts";
import { createIncoming, type Incoming } from "./incoming.ts";
import { type AdaptedResponse, createOutgoing, RUN } from "./outgoing.ts";
import { writeErrorPage } from "./refused-run.ts";
import type { RequestSocket } from "./request-socket.ts";

/** What a {@link NodeRun} writes to: the accepted socket, or something that looks like it. */
export type ResponseSocket = Duplex & {
  _httpMessage?: ServerResponse | null;
  server?: Server;
  setNoDelay(noDelay: boolean): unknown;
  setTimeout(limitMs: number): unknown;
};

/** What a {@link NodeRun} needs besides its request. */
export interface NodeRunContext {
  /** Has the listeners. It never listens itself. */
  readonly server: Server;
  readonly socket: ResponseSocket;
  readonly mount: "strip" | "keep";
  /** There is a connection behind the socket, which can speak another protocol. */
  readonly canUpgrade: boolean;
  /** Nobody has sent this request: monitoring tools are not to see it. */
  readonly isRehearsal?: boolean;
  /** From now on destroying the socket breaks nothing off. */
  readonly letGo: () => void;
  /** Reset the connection if its end would make an unfinished response look whole. */
  readonly breakOff: () => void;
}

type Asked = Readonly<Record<string, string | undefined>>;

/** Properties of Node's responses that its own server uses too. */
interface Closable {
  destroyed: boolean;
  _closed: boolean;
}

/** Set on a response whose writer waits for `drain`. */
const NEED_DRAIN = Object.getOwnPropertySymbols(
  new ServerResponse({ httpVersionMajor: 1, httpVersionMinor: 1 } as never),
).find((symbol) => symbol.description === "kNeedDrain");

/** One request of a Node application: Node's own request and response objects, without Node's parser. */
export class NodeRun implements DirectRun, Exchange {
  readonly request: Incoming;
  readonly response: AdaptedResponse;
  readonly server: Server;
  readonly #direct: DirectRequest;
  readonly #socket: ResponseSocket;
  readonly #canUpgrade: boolean;
  readonly #letGo: () => void;
  readonly #breakOff: () => void;
  readonly #isRehearsal: boolean;
  #missing: number;
  #isOver = false;

  /** @throws {@link ProtocolError} as `createIncoming` does. */
  constructor(direct: DirectRequest, context: NodeRunContext) {
    const { server, socket, mount, canUpgrade, letGo, breakOff, isRehearsal = false } = context;
    this.#direct = direct;
    this.#socket = socket;
    this.#canUpgrade = canUpgrade;
    this.#letGo = letGo;
    this.#breakOff = breakOff;
    this.#isRehearsal = isRehearsal;
    this.#missing = direct.bodyLength;
    this.server = server;
    this.request = createIncoming(direct.environ, socket as unknown as RequestSocket, mount);
    this.response = createOutgoing(this.request, direct);
    this.response[RUN] = this;
  }

  get environ(): DirectRequest["environ"] {
    return this.#direct.environ;
  }

  get missing(): number {
    return this.#missing;
  }

  /** Writers that wait can be woken. */
  get canDrain(): boolean {
    return NEED_DRAIN !== undefined && NEED_DRAIN in this.response;
  }

  /** Call the application; or hand it the connection, when the client asks for that and the application takes it. */
  start(): void {
    const { request, response, server } = this;
    this.#socket.server = server;
    if (this.#wantsUpgrade() && server.listenerCount("upgrade") > 0) {
      this.#upgrade();
      return;
    }
    if (server.timeout > 0) this.#socket.setTimeout(server.timeout);
    response.assignSocket(this.#socket as unknown as RequestSocket);
    this.#socket.on("drain", onDrain);
    response.on("finish", onFinish);
    if (this.#isRehearsal) callListeners(this);
    else deliver(this);
    if (this.#missing === 0 && !request.complete) this.#complete();
    if (!response.writableEnded) this.#socket.setNoDelay(true);
  }

  receive(bytes: Buffer): void {
    if (this.#missing === 0) return;
    const part = bytes.length > this.#missing ? bytes.subarray(0, this.#missing) : bytes;
    this.#missing -= part.length;
    const { request } = this;
    const wantsMore = request.destroyed || request.push(part);
    if (this.#missing === 0) this.#complete();
    else if (!wantsMore && !this.#isOver) this.#socket.pause();
  }

  finish(): void {
    this.#missing = 0;
    this.#complete();
  }

  fail(error: Error): void {
    if (this.#isOver) {
      this.#breakOffReading();
      return;
    }
    // Silence, or a body that is no valid chunked coding: an application that has not answered yet need not.
    const isAnswered = this.response.headersSent;
    if (!isAnswered && error instanceof ProtocolError && error.code !== "UWB_ERR_CLIENT_GONE") {
      writeErrorPage(this.#socket, error);
    }
    this.#abortRequest();
  }

  peerLeft(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#letGo();
    this.#abortRequest();
    this.#direct.abort();
  }

  cut(): void {
    if (!this.#isOver) this.#breakOff();
  }

  /** The socket takes bytes again. */
  drained(): void {
    const response = this.response as unknown as Record<symbol, boolean>;
    if (this.response.writableFinished || NEED_DRAIN === undefined || !response[NEED_DRAIN]) return;
    response[NEED_DRAIN] = false;
    this.response.emit("drain");
  }

  /** The response was handed to the socket. */
  finished(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { request, response } = this;
    if (!this.#isRehearsal) reportFinished(this);
    // Nobody reads what the application left unread; the worker lets it flow, and drops it.
    if (!request._consuming) request._dump();
    this.#letGo();
    this.#socket.off("drain", onDrain);
    response.detachSocket(this.#socket as unknown as RequestSocket);
    process.nextTick(emitClose, response);
    this.#direct.end();
  }

  #complete(): void {
    this.request.complete = true;
    this.request.push(null);
  }

  /** A request with a body is not over when its head is: nobody can take over what follows. */
  #wantsUpgrade(): boolean {
    return this.#canUpgrade && this.#missing === 0 && protocolsAsked(this.environ as Asked).length > 0;
  }

  #upgrade(): void {
    const head = this.#direct.takeOver();
    this.#isOver = true;
    this.#letGo();
    this.#complete();
    // As Node's server leaves it: neither flowing nor paused, so that whoever attaches a listener starts it.
    Object.assign(this.#socket, { readableFlowing: null });
    this.server.emit("upgrade", this.request, this.#socket, head);
  }

  /** The application has answered, and may still be reading. */
  #breakOffReading(): void {
    if (!this.request.complete && !this.request._dumped) this.#abortRequest();
  }

  #abortRequest(): void {
    const error = Object.assign(new Error("aborted"), { code: "ECONNRESET" });
    this.request.destroy(error);
  }
}

function onDrain(this: ResponseSocket): void {
  (this._httpMessage as AdaptedResponse | null | undefined)?.[RUN]?.drained();
}

function onFinish(this: AdaptedResponse): void {
  this[RUN]?.finished();
}

function emitClose(response: AdaptedResponse): void {
  const closable = response as unknown as Closable;
  if (closable._closed) return;
  closable.destroyed = true;
  closable._closed = true;
  response.emit("close");
}
