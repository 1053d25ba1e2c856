import type { HeaderPair, ResponseHead } from "../codec/response-head.ts";
import { ProtocolError, UsageError } from "../errors.ts";
import { reasonPhrase } from "./reason-phrases.ts";
import type { ResponseSink } from "./response-sink.ts";
import { type AnnouncedResponse, announceResponse, describe } from "./response-start.ts";
import type { StartResponse, Write } from "./types.ts";

/** Whole bodies up to this size are copied into one block: cheaper than several writes. */
const JOIN_BYTES = 16_384;
const SWITCHING_PROTOCOLS = 101;

/**
 * The rules between an application and the wire: the head waits for the first byte of body, Content-Length is
 * kept to the byte, and HEAD, 204 and 304 have no body whatever the application yields.
 *
 * @see PEP 3333, "The start_response() Callable", "Handling the Content-Length Header"; RFC 9110 section 6.4.1
 */
export class ResponseWriter {
  readonly #isHead: boolean;
  readonly #sink: ResponseSink;
  #announced: AnnouncedResponse | undefined;
  #startCalled = false;
  #headSent = false;
  #complete = false;
  /** The announced response has no body, whatever the application yields. */
  #bodiless = false;
  #bytesSent = 0;
  /** What the application tried to send beyond its Content-Length, once. */
  #surplus = false;

  constructor(method: string, sink: ResponseSink) {
    this.#isHead = method === "HEAD";
    this.#sink = sink;
  }

  /** The second argument of the application. */
  readonly startResponse: StartResponse = (status, headers, error) => {
    const isCorrection = error !== undefined && error !== null;
    if (isCorrection && this.#headSent) throw error;
    if (this.#startCalled && !isCorrection) {
      throw new UsageError("UWB_ERR_HEADERS_SET", "startResponse was called twice without an error argument");
    }
    this.#startCalled = true;
    this.#announced = undefined;
    this.#announced = announceResponse(status, headers);
    const code = this.#announced.head.status;
    this.#bodiless = this.#isHead || code === 204 || code === 304;
    return this.#write;
  };

  /** The whole response was handed to the connection, or given up. */
  get isComplete(): boolean {
    return this.#complete;
  }

  /** Something has left, or will never leave: it is too late for another answer. */
  get isStarted(): boolean {
    return this.#headSent || this.#complete;
  }

  /** The application took the connection over: what it returns is no body. */
  get isSwitched(): boolean {
    return this.#announced?.head.status === SWITCHING_PROTOCOLS;
  }

  /** Note that this head was sent instead of a response, and that the connection belongs to the application. */
  switched(head: ResponseHead): void {
    this.#startCalled = true;
    this.#announced = { head, contentLength: undefined };
    this.#headSent = true;
    this.#bodiless = true;
    this.#complete = true;
  }

  /**
   * Whether to ask the application for another block. A response that reached its Content-Length still asks once more:
   * the application may have work to do behind its last block, and a block too many is worth a warning.
   */
  get wantsMore(): boolean {
    return !this.#sink.isGone && !this.#surplus && !(this.#complete && this.#bodiless);
  }

  /** Bytes that the response has room for; Infinity when it announced no length. */
  get room(): number {
    return this.#bodiless
      ? 0
      : (this.#announced?.contentLength ?? Number.POSITIVE_INFINITY) - this.#bytesSent;
  }

  /** Bytes of body handed to the connection. */
  get bytesSent(): number {
    return this.#bytesSent;
  }

  /** True when the application produced more than its Content-Length. */
  get hasSurplus(): boolean {
    return this.#surplus;
  }

  /** `"200 OK"`, or null while no head was sent: until then `startResponse` may still replace it. */
  get status(): string | null {
    const head = this.#sentHead;
    return head ? `${head.status} ${head.reason}` : null;
  }

  get headers(): readonly HeaderPair[] | null {
    return this.#sentHead?.headers ?? null;
  }

  /**
   * Send one block that the application yielded. Empty blocks send nothing, not even the head.
   *
   * @throws {@link UsageError} `UWB_ERR_CHUNK` for anything but bytes, `UWB_ERR_NO_START` before `startResponse`.
   */
  emit(block: unknown): Promise<void> | undefined {
    const bytes = asBytes(block, "a body block");
    if (bytes.length === 0) return undefined;
    const announced = this.#requireStart("a body block was produced before startResponse was called");
    if (this.#complete) {
      this.#surplus ||= !this.#bodiless;
      return undefined;
    }
    if (this.#bodiless) return this.#sendHeadAlone(announced);
    return this.#send(announced, this.#cut(announced, bytes));
  }

  /** Let the head leave ahead of the first block, if it has not. */
  sendHead(): void {
    if (this.#headSent || this.#complete || this.#bodiless || !this.#announced) return;
    void this.#startSink(this.#announced, undefined, false);
  }

  /**
   * Look at a body that is an array, all of it known before anything is sent: Content-Length is filled in when the
   * application left it out, and small blocks are joined so that they leave in one write.
   *
   * @returns The blocks to {@link emit}.
   * @throws as {@link emit} does.
   */
  prepareWhole(blocks: readonly unknown[]): readonly Uint8Array[] {
    const announced = this.#requireStart("the application returned without having called startResponse");
    const body = blocks.map((block) => asBytes(block, "a body block"));
    const size = body.reduce((total, block) => total + block.length, 0);
    const canAddLength = !this.#headSent && announced.contentLength === undefined && !this.#bodiless;
    if (canAddLength) this.#announced = withContentLength(announced, size);
    return body.length > 1 && size <= JOIN_BYTES ? [Buffer.concat(body, size)] : body;
  }

  /**
   * The application has nothing more to say.
   *
   * @returns False when the body is shorter than its Content-Length, which is answered as {@link fail} does.
   * @throws {@link UsageError} `UWB_ERR_NO_START` when `startResponse` was never called.
   */
  end(): boolean {
    if (this.#complete) return true;
    const announced = this.#requireStart("the body ended without startResponse having been called");
    const wanted = this.#bodiless ? 0 : (announced.contentLength ?? 0);
    if (this.#bytesSent < wanted) {
      this.fail();
      return false;
    }
    if (this.#headSent) {
      this.#complete = true;
      this.#sink.end();
    } else {
      void this.#sendHeadAlone(announced);
    }
    return true;
  }

  /** The response can not be completed: an error page when nothing was sent, else an abort. */
  fail(status = 500): void {
    if (this.#complete || this.#sink.isGone) return;
    this.#complete = true;
    if (this.#headSent) {
      this.#sink.abort();
      return;
    }
    const reason = reasonPhrase(status);
    const page = Buffer.from(`${reason}\n`);
    const headers: HeaderPair[] = [
      ["Content-Type", "text/plain; charset=utf-8"],
      ["Content-Length", String(page.length)],
    ];
    this.#announced = { head: { status, reason, headers }, contentLength: page.length };
    void this.#startSink(this.#announced, this.#isHead ? undefined : page, true);
  }

  readonly #write: Write = (data) => {
    const bytes = asBytes(data, "write()");
    if (this.#sink.isGone) {
      throw new ProtocolError("UWB_ERR_CLIENT_GONE", "the client left before the response was complete", {
        offset: this.#bytesSent,
      });
    }
    const announced = this.#requireStart("write() needs a valid startResponse first");
    if (bytes.length === 0 || this.#bodiless) return this.emit(bytes);
    const room = (announced.contentLength ?? Number.POSITIVE_INFINITY) - this.#bytesSent;
    if (this.#complete || bytes.length > room) {
      this.#surplus = true;
      throw new UsageError("UWB_ERR_TOO_MUCH", "write() was given more bytes than Content-Length announced");
    }
    return this.emit(bytes);
  };

  #send(announced: AnnouncedResponse, block: Uint8Array): Promise<void> | undefined {
    this.#bytesSent += block.length;
    const isLast = this.#bytesSent === announced.contentLength;
    this.#complete = isLast;
    if (!this.#headSent) return this.#startSink(announced, block, isLast);
    return this.#sink.write(block, isLast);
  }

  #sendHeadAlone(announced: AnnouncedResponse): Promise<void> | undefined {
    this.#complete = true;
    return this.#startSink(announced, undefined, true);
  }

  #startSink(
    { head, contentLength }: AnnouncedResponse,
    block: Uint8Array | undefined,
    isLast: boolean,
  ): Promise<void> | undefined {
    this.#headSent = true;
    return this.#sink.start(head, { bodyLength: contentLength, block, isLast });
  }

  #cut({ contentLength }: AnnouncedResponse, block: Uint8Array): Uint8Array {
    if (contentLength === undefined || this.#bytesSent + block.length <= contentLength) return block;
    this.#surplus = true;
    return block.subarray(0, contentLength - this.#bytesSent);
  }

  get #sentHead(): ResponseHead | undefined {
    return this.#headSent ? this.#announced?.head : undefined;
  }

  #requireStart(message: string): AnnouncedResponse {
    if (!this.#announced) throw new UsageError("UWB_ERR_NO_START", message);
    return this.#announced;
  }
}

function withContentLength({ head }: AnnouncedResponse, length: number): AnnouncedResponse {
  return {
    head: { ...head, headers: [...head.headers, ["Content-Length", String(length)]] },
    contentLength: length,
  };
}

function asBytes(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const advice = typeof value === "string" ? "; encode it with Buffer.from(text)" : "";
  throw new UsageError("UWB_ERR_CHUNK", `${what} must be bytes, got ${describe(value)}${advice}`);
}
