import { ProtocolError } from "../errors.ts";
import { ChunkedDecoder } from "./chunked-decoder.ts";
import { MAX_INTERIM_HEADS } from "./constants.ts";
import { type ResponseFraming, responseFraming } from "./response-framing.ts";
import { parseResponseHead, type ResponseHead } from "./response-head.ts";

/** What {@link ResponseDecoder.next} can answer. Switch on `type`; the union is closed. */
export type ResponseEvent =
  /** A 1xx head. More heads follow. */
  | { readonly type: "interim"; readonly head: ResponseHead }
  | { readonly type: "head"; readonly head: ResponseHead; readonly framing: ResponseFraming }
  | { readonly type: "data"; readonly block: Uint8Array }
  /** The response is complete. `surplus`: bytes followed that belong to no response. */
  | { readonly type: "end"; readonly surplus: boolean }
  | { readonly type: "need-data" };

/** Options of {@link ResponseDecoder}. */
export interface ResponseDecoderOptions {
  /** Method of the request: a HEAD response has no body. @defaultValue `"GET"` */
  readonly method?: string;
  /** Refuse a longer head, in bytes, its empty line included; interim heads count one by one. @defaultValue 65 536 */
  readonly maxHeadBytes?: number;
  /** Refuse a head with more header fields. @defaultValue 256 */
  readonly maxHeadFields?: number;
  /** The peer is an HTTP server: a head begins with a status line, and its version counts. @defaultValue false */
  readonly isHttp?: boolean;
}

const DEFAULT_MAX_HEAD_BYTES = 65_536;
const SWITCHING_PROTOCOLS = 101;
const LF = 0x0a;
const CR = 0x0d;
const EMPTY = Buffer.alloc(0);
const NEED_DATA: ResponseEvent = { type: "need-data" };

type State = "head" | "body" | "complete" | "ended";

/**
 * Turns the bytes a worker sends into one response: heads, blocks of body with every framing taken off, and an end
 * that is only reported when the response is really whole. Sans-IO, like {@link PacketDecoder}.
 *
 * A 101 is a head with the framing `close`: what follows it belongs to the new protocol.
 */
export class ResponseDecoder {
  readonly #method: string;
  readonly #maxHeadBytes: number;
  readonly #headLimits: { readonly maxFields?: number };
  readonly #isHttp: boolean;
  #isHttp10 = false;
  #state: State = "head";
  #pending: Buffer = EMPTY;
  /** Search for the end of the head from here: keeps the search linear. */
  #searched = 0;
  #interimHeads = 0;
  #framing: ResponseFraming = { type: "close", length: undefined };
  #left = 0;
  #chunked: ChunkedDecoder | undefined;
  #blocks: Uint8Array[] = [];
  #closed = false;
  #received = 0;
  #failure: unknown;

  constructor(options: ResponseDecoderOptions = {}) {
    this.#method = options.method ?? "GET";
    this.#maxHeadBytes = options.maxHeadBytes ?? DEFAULT_MAX_HEAD_BYTES;
    this.#isHttp = options.isHttp ?? false;
    this.#headLimits = options.maxHeadFields === undefined ? {} : { maxFields: options.maxHeadFields };
  }

  /** Bytes received so far. */
  get receivedBytes(): number {
    return this.#received;
  }

  /** True once a final head was returned by {@link next}. */
  get hasHead(): boolean {
    return this.#state !== "head";
  }

  /** The last head was one of HTTP/1.0. Known of HTTP servers only. */
  get isHttp10(): boolean {
    return this.#isHttp10;
  }

  /** Add bytes from the worker. Call {@link next} until `need-data` before the next call. */
  receive(bytes: Uint8Array): void {
    this.#received += bytes.length;
    const chunk = Buffer.isBuffer(bytes)
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
  }

  /** What has arrived behind a 101, and belongs to the new protocol. The decoder is done then. */
  takeRemainder(): Buffer {
    const rest = this.#pending;
    this.#pending = EMPTY;
    return rest;
  }

  /** Say that the worker closed the connection in an orderly way. A reset is not an end: drop the decoder instead. */
  end(): void {
    this.#closed = true;
  }

  /**
   * Return the next event and advance past it.
   *
   * @throws {@link ProtocolError} with status hint 502: `UWB_ERR_RESPONSE_MALFORMED`, `UWB_ERR_RESPONSE_FRAMING`,
   *   `UWB_ERR_RESPONSE_TOO_LARGE`, `UWB_ERR_CHUNK_MALFORMED`, or `UWB_ERR_RESPONSE_TRUNCATED` when the connection
   *   ended too early. A decoder that failed stays failed.
   */
  next(): ResponseEvent {
    if (this.#failure) throw this.#failure;
    try {
      return this.#advance();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  #advance(): ResponseEvent {
    if (this.#state === "head") return this.#head();
    if (this.#state === "body") return this.#body();
    if (this.#state === "complete") {
      this.#state = "ended";
      return { type: "end", surplus: this.#pending.length > 0 };
    }
    return NEED_DATA;
  }

  #head(): ResponseEvent {
    const end = this.#findHeadEnd();
    if (end === undefined) return this.#incompleteHead();
    if (end.next > this.#maxHeadBytes) throw this.#headTooLarge();

    const text = this.#pending.toString("latin1", 0, end.start);
    if (this.#isHttp) this.#checkVersion(text);
    const head = parseResponseHead(text, this.#headLimits);
    this.#pending = this.#pending.subarray(end.next);
    this.#searched = 0;
    if (head.status < 200 && head.status !== SWITCHING_PROTOCOLS) {
      this.#interimHeads += 1;
      if (this.#interimHeads > MAX_INTERIM_HEADS) {
        throw new ProtocolError("UWB_ERR_RESPONSE_MALFORMED", "too many 1xx heads before the response", {
          offset: this.#received - this.#pending.length,
          statusHint: 502,
        });
      }
      return { type: "interim", head };
    }
    this.#framing =
      head.status === SWITCHING_PROTOCOLS
        ? { type: "close", length: undefined }
        : responseFraming(head, this.#method);
    this.#beginBody();
    return { type: "head", head, framing: this.#framing };
  }

  #checkVersion(head: string): void {
    this.#isHttp10 = head.startsWith("HTTP/1.0 ");
    if (this.#isHttp10 || head.startsWith("HTTP/1.1 ")) return;
    const message = "the server's response does not begin with a status line of HTTP/1.1 or HTTP/1.0";
    throw new ProtocolError("UWB_ERR_RESPONSE_MALFORMED", message, { offset: 0, statusHint: 502 });
  }

  #beginBody(): void {
    this.#state = "body";
    if (this.#framing.type === "chunked") this.#chunked = new ChunkedDecoder();
    this.#left = this.#framing.type === "length" ? this.#framing.length : 0;
    if (this.#framing.type === "none" || (this.#framing.type === "length" && this.#left === 0)) {
      this.#state = "complete";
    }
  }

  #body(): ResponseEvent {
    if (this.#framing.type === "length") return this.#lengthBody();
    if (this.#framing.type === "chunked") return this.#chunkedBody();
    return this.#closeBody();
  }

  #lengthBody(): ResponseEvent {
    if (this.#pending.length === 0) return this.#incompleteBody();
    const block = this.#pending.subarray(0, this.#left);
    this.#pending = this.#pending.subarray(block.length);
    this.#left -= block.length;
    if (this.#left === 0) this.#state = "complete";
    return { type: "data", block };
  }

  #chunkedBody(): ResponseEvent {
    const chunked = this.#chunked as ChunkedDecoder;
    if (this.#blocks.length === 0 && this.#pending.length > 0) {
      const { data, rest } = chunked.decode(this.#pending);
      this.#blocks = data.reverse();
      this.#pending = rest as Buffer;
    }
    const block = this.#blocks.pop();
    if (block) return { type: "data", block };
    if (!chunked.done) return this.#incompleteBody();
    this.#state = "complete";
    return this.#advance();
  }

  #closeBody(): ResponseEvent {
    if (this.#pending.length > 0) {
      const block = this.#pending;
      this.#pending = EMPTY;
      return { type: "data", block };
    }
    if (!this.#closed) return NEED_DATA;
    this.#state = "complete";
    return this.#advance();
  }

  #incompleteHead(): ResponseEvent {
    if (this.#pending.length > this.#maxHeadBytes) throw this.#headTooLarge();
    if (!this.#closed) return NEED_DATA;
    throw this.#truncated("the head of its response");
  }

  #incompleteBody(): ResponseEvent {
    if (!this.#closed) return NEED_DATA;
    throw this.#truncated("the body of its response");
  }

  /** The empty line: LF LF or LF CR LF. `start` is where the text of the head ends, `next` where the body begins. */
  #findHeadEnd(): { start: number; next: number } | undefined {
    const bytes = this.#pending;
    let feed = bytes.indexOf(LF, this.#searched);
    while (feed !== -1) {
      const isCrLf = bytes[feed + 1] === CR;
      if (bytes[isCrLf ? feed + 2 : feed + 1] === LF) {
        return { start: feed + 1, next: feed + (isCrLf ? 3 : 2) };
      }
      const following = bytes.indexOf(LF, feed + 1);
      if (following === -1) break;
      feed = following;
    }
    this.#searched = feed === -1 ? bytes.length : feed;
    return undefined;
  }

  #headTooLarge(): ProtocolError {
    return new ProtocolError(
      "UWB_ERR_RESPONSE_TOO_LARGE",
      `the head of the worker's response is longer than ${this.#maxHeadBytes} bytes`,
      { offset: this.#maxHeadBytes, statusHint: 502 },
    );
  }

  #truncated(where: string): ProtocolError {
    return new ProtocolError(
      "UWB_ERR_RESPONSE_TRUNCATED",
      `the worker closed the connection inside ${where}`,
      {
        offset: this.#received,
        statusHint: 502,
      },
    );
  }
}
