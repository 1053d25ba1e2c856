import { ReadableStream } from "node:stream/web";
import { appendHeaders } from "./headers.ts";
import { standFor, syncHeaders } from "./light-prototype.ts";
import { NativeHeaders, NativeRequest } from "./native-classes.ts";
import { nativeRequest, type RequestParts } from "./request.ts";

const EMPTY = Buffer.alloc(0);
const utf8 = new TextDecoder();

/**
 * A Request that is made piece by piece, when the handler asks: Node's own costs more than everything else on the way of a small
 * request. `text()`, `json()`, `arrayBuffer()` and `bytes()` read the input directly; whatever is not defined here is asked of a real Request,
 * which is then made once.
 */
export class LightRequest {
  readonly #parts: RequestParts;
  #headers: Headers | undefined;
  #native: Request | undefined;
  /** The body was read directly. */
  #isRead = false;

  constructor(parts: RequestParts) {
    this.#parts = parts;
  }

  /** The real Request behind a light one; any other value as it is. */
  static unwrap<T>(value: T): T | Request {
    return typeof value === "object" && value !== null && #parts in value ? value.#toNative() : value;
  }

  get method(): string {
    return this.#parts.method;
  }

  get url(): string {
    return this.#parts.url;
  }

  get headers(): Headers {
    this.#headers ??= appendHeaders(new NativeHeaders(), this.#parts.headers);
    return this.#headers;
  }

  get signal(): AbortSignal {
    return this.#parts.client.signal;
  }

  get body(): Request["body"] {
    return this.#parts.body ? this.#toNative().body : null;
  }

  get bodyUsed(): boolean {
    return this.#isRead || (this.#native?.bodyUsed ?? false);
  }

  text(): Promise<string> {
    return this.#native ? this.#native.text() : this.#read((bytes) => utf8.decode(bytes));
  }

  json(): Promise<unknown> {
    return this.#native ? this.#native.json() : this.#read((bytes) => JSON.parse(utf8.decode(bytes)));
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#native ? this.#native.arrayBuffer() : this.#read((bytes) => copyOf(bytes).buffer);
  }

  bytes(): Promise<Uint8Array> {
    return this.#native
      ? this.#native.arrayBuffer().then((buffer) => new Uint8Array(buffer))
      : this.#read(copyOf);
  }

  async #read<T>(convert: (bytes: Buffer) => T): Promise<T> {
    const { body } = this.#parts;
    if (!body) return convert(EMPTY);
    if (this.#isRead) throw new TypeError("Body is unusable: Body has already been read");
    this.#isRead = true;
    return convert(await body.read());
  }

  #toNative(): Request {
    this.#native ??= this.#makeNative();
    syncHeaders(this.#native.headers, this.#headers);
    return this.#native;
  }

  #makeNative(): Request {
    if (!this.#isRead) return nativeRequest(this.#parts);
    const native = nativeRequest({ ...this.#parts, body: SPENT });
    // Marks the body as used, as it is.
    void native.body?.cancel();
    return native;
  }

  static {
    standFor<LightRequest>(LightRequest, NativeRequest, (light) => light.#toNative());
  }
}

/** A body of which nothing is left. */
const SPENT: RequestParts["body"] = {
  read: () => Promise.resolve(EMPTY),
  stream: () => new ReadableStream({ start: (controller) => controller.close() }),
};

/** Memory of its own: what the input hands out is shared with the packet. */
function copyOf(bytes: Buffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes);
}
