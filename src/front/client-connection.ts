import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Deadlined, Deadlines } from "../net/deadlines.ts";
import { WriteProgress } from "../net/write-progress.ts";
import type { ClientWish } from "./pipeline/visit.ts";
import type { Refusal } from "./request/refusal.ts";
import { lingerOnClose } from "./response/lingering-close.ts";

/** What the connections of a front share. */
export interface ClientHost {
  readonly clients: Deadlines<ClientConnection>;
  readonly limits: {
    /** Longest time a client may take nothing of its response. */
    readonly clientSendTimeoutMs: number;
    /** Longest time between a response and the next request, whatever the client sends meanwhile. */
    readonly idleTimeoutMs: number;
    /** Requests after which a connection ends; 0: no limit. */
    readonly maxRequests: number;
  };
  /** Serve a request whose turn it is. */
  serve(request: IncomingMessage, response: ServerResponse, wish: ClientWish): ServedRequest;
  /** A client took nothing of its response for too long. */
  onStalled(request: IncomingMessage): void;
}

/** A request whose response is awaited, or on its way. */
export interface ServedRequest {
  /** Give the response up; one that has begun does not look whole. */
  breakOff(): void;
  /** Answer that its body can not be read, unless it was answered already. */
  refuseBody(refusal: Refusal): void;
}

interface WaitingRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly wish: ClientWish;
}

const CONNECTION: unique symbol = Symbol("clientConnection");
type Carrier = Socket & { [CONNECTION]?: ClientConnection };
/** Requests that may be read ahead of the one that is served. */
const MAX_READ_AHEAD = 8;
/** How often a connection is looked at. */
const CHECK_MS = 1000;

/**
 * One connection of a client. Its requests are served one after the other, in the order they came: served side by side, a DELETE could overtake
 * the PUT before it, and one connection could hold any number of workers. Behind a response that ends the connection nothing is served.
 *
 * @see RFC 9112 sections 9.3.2 and 9.6
 */
export class ClientConnection implements Deadlined {
  deadline: number;
  slot = -1;
  readonly #socket: Socket;
  readonly #host: ClientHost;
  /** None of these before it is needed: there may be ten thousand connections that do nothing. */
  #progress: WriteProgress | undefined;
  #waiting: WaitingRequest[] | undefined;
  #current: WaitingRequest | undefined;
  #served: ServedRequest | undefined;
  /** What is to be said behind the response that is on its way, instead of anything else. */
  #lastWords: string | undefined;
  #begun = 0;
  #isOver = false;
  #hold: "none" | "held" | "released" = "none";
  #idleSince: number;

  /** Whether somebody looks after this socket. */
  static isKnown(socket: Socket): boolean {
    return CONNECTION in socket;
  }

  /** The one of this socket. */
  static of(socket: Socket, host: ClientHost): ClientConnection {
    const carrier: Carrier = socket;
    carrier[CONNECTION] ??= new ClientConnection(socket, host);
    return carrier[CONNECTION];
  }

  constructor(socket: Socket, host: ClientHost) {
    const { now } = host.clients;
    this.#socket = socket;
    this.#host = host;
    this.#idleSince = now;
    this.deadline = now + CHECK_MS;
    host.clients.watch(this);
    // Before the HTTP server, which would end the connection in an orderly way: half a page of unknown length would look whole.
    socket.prependListener("end", ended);
    socket.on("close", closed);
  }

  /** The client has sent all it will. */
  ended(): void {
    this.#served?.breakOff();
  }

  closed(): void {
    this.#isOver = true;
    this.#waiting = undefined;
    this.#host.clients.forget(this);
  }

  /** Nothing more is served here. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** A response was handed over to the last byte, and has not left yet. */
  get isSending(): boolean {
    const { writableEnded = false, writableFinished = false } = this.#current?.response ?? {};
    return writableEnded && !writableFinished;
  }

  /** Serve a request when those before it have been answered. */
  enqueue(request: IncomingMessage, response: ServerResponse, wish: ClientWish): void {
    if (this.#isOver) return;
    if (!this.#current) {
      this.#begin({ request, response, wish });
      return;
    }
    this.#waiting ??= [];
    this.#waiting.push({ request, response, wish });
    if (this.#waiting.length >= MAX_READ_AHEAD) this.#stopReading();
  }

  /** What the client sent is no HTTP: say so, behind the response that is on its way, and close. */
  refuse(text: string): void {
    if (this.#isOver || this.#lastWords !== undefined) return;
    if (this.#current) {
      this.#lastWords = text;
      this.#stopReading();
    } else {
      this.#sayGoodbye(text);
    }
  }

  /**
   * The body that is being read can not be: its request is refused, and the connection ends.
   *
   * @returns False: none is being read, at least of a request whose turn it is.
   */
  refuseBody(refusal: Refusal): boolean {
    if (!this.#current || this.#current.request.complete) return false;
    this.#isOver = true;
    this.#served?.refuseBody(refusal);
    return true;
  }

  /** The HTTP server reads no further request here: whoever looks after the connection sees to what comes. */
  released(): void {
    if (this.#hold === "held") this.#readOn();
  }

  /** Somebody else looks after the connection from now on. */
  letGo(): void {
    this.#isOver = true;
    this.#served = undefined;
    this.deadline = Number.POSITIVE_INFINITY;
  }

  /** Close it now. A response that is not complete does not look so. */
  cut(): void {
    this.#served?.breakOff();
    this.#socket.destroy();
  }

  onDeadline(): void {
    const { now } = this.#host.clients;
    const { clientSendTimeoutMs, idleTimeoutMs } = this.#host.limits;
    this.deadline = now + CHECK_MS;
    if (!this.#current) {
      if (now - this.#idleSince > idleTimeoutMs) this.#socket.destroy();
      return;
    }
    this.#progress ??= new WriteProgress(this.#socket);
    if (this.#progress.stalledMs(now) < clientSendTimeoutMs) return;
    this.#host.onStalled(this.#current.request);
    this.cut();
  }

  #begin(next: WaitingRequest): void {
    this.#current = next;
    this.#begun += 1;
    if (this.#begun === this.#host.limits.maxRequests) {
      // Node would say that it closes and wait for the client to do it, and answer what was sent meanwhile with 503.
      next.response.shouldKeepAlive = false;
      lingerOnClose(this.#socket);
    }
    this.#served = this.#host.serve(next.request, next.response, next.wish);
    // Behind whoever serves it: he is done with this request before the next one begins.
    next.response.once("close", () => this.#responded());
  }

  #responded(): void {
    this.#current = undefined;
    this.#served = undefined;
    this.#idleSince = this.#host.clients.now;
    if (this.#isOver) return;
    if (this.#socket.destroyed || this.#socket.writableEnded) {
      this.#isOver = true;
      this.#waiting = undefined;
      return;
    }
    const next = this.#waiting?.shift();
    // What could not be read is in the body of a request that is not complete: that body never ends.
    const isBroken = this.#lastWords !== undefined && next?.request.complete === false;
    // The last one that was read ahead may wait for its body.
    const isLast = !this.#waiting?.length && this.#lastWords === undefined;
    if (isLast && this.#hold === "held") this.#readOn();
    if (next && !isBroken) this.#begin(next);
    else if (this.#lastWords !== undefined) this.#sayGoodbye(this.#lastWords);
  }

  /** Leave what the client sends where it is. Each request that is done with lets the socket flow again, whoever stopped it. */
  #stopReading(): void {
    if (this.#hold === "none") {
      this.#socket.on("resume", () => {
        if (this.#hold === "held") this.#socket.pause();
      });
    }
    this.#hold = "held";
    this.#socket.pause();
  }

  #readOn(): void {
    this.#hold = "released";
    this.#socket.resume();
  }

  #sayGoodbye(text: string): void {
    this.#isOver = true;
    // What still comes is dropped, for which it has to flow.
    this.#hold = "released";
    this.#waiting = undefined;
    lingerOnClose(this.#socket);
    this.#socket.write(text, "latin1");
    this.#socket.destroySoon();
  }
}

// One function for all connections, instead of two for each.

function ended(this: Carrier): void {
  this[CONNECTION]?.ended();
}

function closed(this: Carrier): void {
  this[CONNECTION]?.closed();
}
