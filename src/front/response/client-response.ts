import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { latin1Text } from "../../codec/latin1-text.ts";
import type { ResponseFraming } from "../../codec/response-framing.ts";
import type { HeaderPair, ResponseHead } from "../../codec/response-head.ts";
import type { ErrorAnswer, Page } from "../explain/error-answer.ts";
import { FrontResponse } from "./front-response.ts";
import { clientHeaders } from "./response-headers.ts";

/** Blocks up to this size leave as text in the same write as the head. */
const ONE_WRITE_BYTES = 16_384;

const NO_PAGE: Page = { text: "", contentType: "text/plain; charset=utf-8" };
const CLOSE: HeaderPair = ["Connection", "close"];

/** The connection a response leaves on. */
export interface ResponseConnection {
  /** Whether it may not be kept for another request. */
  mustClose(): boolean;
}

/**
 * The HTTP response to one client. Head and first block are held back for two turns of the event loop, because workers send them in
 * two writes: they then leave in one, a short body whose end comes meanwhile gets its length, and a worker that
 * fails at once can still be answered with a clean 502.
 */
export class ClientResponse {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #connection: ResponseConnection;
  #head: { head: ResponseHead; framing: ResponseFraming } | undefined;
  #held: Uint8Array | undefined;
  #holdsBack = true;
  #isScheduled = false;
  #left = 0;
  /** A field of ours for every response, in place of one that the worker sends. @defaultValue none */
  ownField: HeaderPair | undefined;
  #isEnded = false;

  constructor(request: IncomingMessage, response: ServerResponse, connection: ResponseConnection) {
    this.#request = request;
    this.#response = response;
    this.#connection = connection;
  }

  /** The client has part of a response already. */
  get isStarted(): boolean {
    return this.#response.headersSent;
  }

  /** The client left, or the response is complete. */
  get isOver(): boolean {
    return this.#isEnded || this.#response.destroyed;
  }

  /** Send an interim head, unless it is too late, or the client has not heard of such. */
  sendInterim(text: string): void {
    if (this.isOver || this.isStarted || this.#head || this.#request.httpVersion !== "1.1") return;
    // Without a socket an earlier response of this connection is on its way: by its end these are no early hints.
    this.#response.socket?.write(text, "latin1");
  }

  /** @param holdsBack - Whether head and first block may wait for what follows them. @defaultValue true */
  begin(head: ResponseHead, framing: ResponseFraming, holdsBack = true): void {
    this.#head = { head, framing };
    this.#holdsBack = holdsBack;
    this.#left = framing.type === "length" ? framing.length : Number.POSITIVE_INFINITY;
  }

  /** Write the head, and leave the body and its end to the caller. */
  handOver(head: ResponseHead, framing: ResponseFraming): ServerResponse {
    this.begin(head, framing);
    this.#writeHead();
    return this.#response;
  }

  /** Fields of ours, about the connection above all, for a head that is written elsewhere. */
  closing(): HeaderPair[] {
    const fields: HeaderPair[] = this.#connection.mustClose() ? [CLOSE] : [];
    if (this.ownField) fields.push(this.ownField);
    return fields;
  }

  /** Send a block. False: the client is slow, wait for {@link onDrain}. */
  write(block: Uint8Array): boolean {
    this.#left -= block.length;
    if (this.#left === 0) {
      this.#endWith(block);
      return true;
    }
    if (this.#head && !this.#held && this.#holdsBack && block.length <= ONE_WRITE_BYTES) {
      this.#held = block;
      this.#schedule();
      return true;
    }
    this.#flush();
    return this.#response.write(block);
  }

  /** The response is complete. */
  end(): void {
    if (this.#isEnded) return;
    if (this.#head && this.#held) {
      // All of the body is here, although its length was not announced.
      const { head } = this.#head;
      this.#head = { head, framing: { type: "length", length: this.#held.length } };
      this.#endWith(this.#held);
      return;
    }
    this.#isEnded = true;
    this.#writeHead();
    this.#response.end();
  }

  /** The worker pauses: the client gets what there is, unless more comes within two turns of the event loop. */
  pause(): void {
    if (!this.#head) return;
    if (this.#holdsBack) this.#schedule();
    else this.#flush();
  }

  /** Call back once, when the client takes bytes again. */
  onDrain(listener: () => void): void {
    this.#response.once("drain", listener);
  }

  /** Send the client elsewhere. */
  redirect(status: number, location: string): void {
    this.answer({ status, page: NO_PAGE, headers: [["Location", location]] });
  }

  /** Answer in place of a worker. */
  answer({ status, page: { text, contentType }, headers }: ErrorAnswer): void {
    if (this.isOver) return;
    this.#head = undefined;
    this.#held = undefined;
    this.#isEnded = true;
    const [ownName] = this.ownField ?? [];
    // The answer has it already.
    if (headers.some(([name]) => name === ownName)) this.ownField = undefined;
    this.#response.writeHead(status, STATUS_CODES[status] ?? "Error", [
      ...headers,
      ...(status === 204
        ? []
        : [
            ["Content-Type", contentType],
            ["Content-Length", String(text.length)],
          ]),
      ...this.closing(),
    ] as never);
    this.#response.end(status === 204 ? undefined : text, "latin1");
  }

  /**
   * The response can not be completed, and its beginning is on its way: the client must not take it for whole. Where nothing
   * but the end of the connection tells, it is reset.
   */
  abort(): void {
    if (this.isOver) return;
    this.#isEnded = true;
    this.#cut();
  }

  #cut(): void {
    const { socket } = this.#request;
    const hasLengthOrChunks = this.#left !== Number.POSITIVE_INFINITY || this.#request.httpVersion !== "1.0";
    if (hasLengthOrChunks || socket.remoteFamily === undefined) socket.destroy();
    else socket.resetAndDestroy();
  }

  /** The client, or the front, gives the response up. Only one that has begun can be taken for more than it is. */
  breakOff(): void {
    if (this.isStarted && !this.#response.writableFinished) this.#cut();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => setImmediate(() => this.#flush()));
  }

  #flush(): void {
    if (!this.#head || this.isOver) return;
    const held = this.#held;
    this.#held = undefined;
    this.#writeHead();
    // Not flushHeaders(): that sends the head as UTF-8, and a byte above ASCII in a value would become two.
    this.#response.write(held ?? "", "latin1");
  }

  #endWith(block: Uint8Array): void {
    this.#isEnded = true;
    const isWhole = this.#head !== undefined && (this.#held === undefined || this.#held === block);
    if (isWhole && block.length <= ONE_WRITE_BYTES) {
      // With all others of this turn: a client that is woken by the first finds more of them, and the system switches less between processes.
      setImmediate(() => this.#sendWhole(latin1Text(block)));
      return;
    }
    if (!isWhole) this.#flushHeld();
    this.#writeHead();
    this.#response.end(block);
  }

  #sendWhole(body: string): void {
    if (!this.#head || this.#response.destroyed) return;
    const { status, reason } = this.#head.head;
    const headers = this.#headersOf(this.#head.head, this.#head.framing);
    if (!this.#connection.mustClose() && this.#response instanceof FrontResponse) {
      if (this.#response.sendWhole({ status, reason, headers, body })) return;
    }
    this.#writeHead();
    // Node joins a text with the head, where bytes would be a second write.
    this.#response.end(body, "latin1");
  }

  #flushHeld(): void {
    this.#writeHead();
    if (this.#held) this.#response.write(this.#held);
    this.#held = undefined;
  }

  #headersOf(head: ResponseHead, framing: ResponseFraming): HeaderPair[] {
    const headers = clientHeaders(head, framing);
    const { ownField } = this;
    if (!ownField) return headers;
    const ownName = ownField[0].toLowerCase();
    return [...headers.filter(([name]) => name.toLowerCase() !== ownName), ownField];
  }

  #writeHead(): void {
    if (!this.#head) return;
    const { head, framing } = this.#head;
    this.#head = undefined;
    const headers = this.#headersOf(head, framing);
    if (this.#connection.mustClose()) headers.push(CLOSE);
    this.#response.writeHead(head.status, head.reason, headers as never);
  }
}
