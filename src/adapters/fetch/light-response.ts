import { Buffer } from "node:buffer";
import type { HeaderPair } from "../../gateway/types.ts";
import { appendHeaders } from "./headers.ts";
import { claimInstances, standFor, syncHeaders } from "./light-prototype.ts";
import { NativeHeaders, NativeResponse } from "./native-classes.ts";

type BodyInit = ConstructorParameters<typeof Response>[0];

/** A response whose body is in memory. */
export interface WholeResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Iterable<HeaderPair>;
  readonly body: Uint8Array | null;
}

/** Names and values that need no normalizing; everything else is left to Node's Headers. */
const PLAIN_NAME = /^[A-Za-z0-9-]+$/;
const PLAIN_VALUE = /^[\u0021-\u007e](?:[\u0020-\u007e]*[\u0021-\u007e])?$/;
const REASON = /^[\t\u0020-\u007e\u0080-\u00ff]*$/;
const NULL_BODY_STATUS = new Set([101, 103, 204, 205, 304]);

/**
 * A Response that keeps a body of text or bytes as it is, so that it can be sent in one piece and with a Content-Length, without
 * a stream. With any other body, or arguments that are out of the ordinary, there is a real Response behind it from the start.
 */
export class LightResponse {
  readonly #status: number = 200;
  readonly #statusText: string = "";
  readonly #body: string | Uint8Array | null = null;
  /** Header fields as Headers would iterate over them, until somebody asks for Headers. */
  readonly #pairs: HeaderPair[] = [];
  #headers: Headers | undefined;
  #native: Response | undefined;
  #isTaken = false;

  constructor(body?: BodyInit, init?: ResponseInit) {
    const plain = plainBody(body);
    if (plain === undefined || !isPlainInit(init, plain)) {
      this.#native = new NativeResponse(body, init);
      return;
    }
    this.#status = init?.status ?? 200;
    this.#statusText = init?.statusText ?? "";
    this.#body = plain;
    this.#pairs = headerPairs(init?.headers, typeof plain === "string");
  }

  static json(data: unknown, init?: ResponseInit): LightResponse | Response {
    if (!isPlainInit(init, "")) return NativeResponse.json(data, init);
    const text = JSON.stringify(data) as string | undefined;
    if (text === undefined) throw new TypeError("Value is not JSON serializable");
    const headers = new NativeHeaders(init?.headers);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new LightResponse(text, {
      status: init?.status ?? 200,
      statusText: init?.statusText ?? "",
      headers,
    });
  }

  /**
   * Take a light Response to send it, as a stream is taken: it counts as used from then on.
   *
   * @returns Undefined for any other value, for a body that is a stream, and for one that was used before.
   */
  static take(value: object): WholeResponse | undefined {
    if (!(#body in value) || value.#native || value.#isTaken) return undefined;
    value.#isTaken = value.#body !== null;
    return {
      status: value.#status,
      statusText: value.#statusText,
      headers: value.#headers ?? value.#pairs,
      body: typeof value.#body === "string" ? Buffer.from(value.#body) : value.#body,
    };
  }

  get status(): number {
    return this.#native?.status ?? this.#status;
  }

  get statusText(): string {
    return this.#native?.statusText ?? this.#statusText;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status <= 299;
  }

  get headers(): Headers {
    this.#headers ??= this.#native?.headers ?? appendHeaders(new NativeHeaders(), this.#pairs);
    return this.#headers;
  }

  get body(): Response["body"] {
    return this.#body === null && !this.#native ? null : this.#toNative().body;
  }

  get bodyUsed(): boolean {
    return this.#native?.bodyUsed ?? this.#isTaken;
  }

  #toNative(): Response {
    this.#native ??= this.#makeNative();
    syncHeaders(this.#native.headers, this.#headers);
    return this.#native;
  }

  #makeNative(): Response {
    const native = new NativeResponse(this.#body, {
      status: this.#status,
      statusText: this.#statusText,
      headers: this.#pairs as [string, string][],
    });
    // Marks the body as used, as it is.
    if (this.#isTaken) void native.body?.cancel();
    return native;
  }

  static {
    standFor<LightResponse>(LightResponse, NativeResponse, (light) => light.#toNative());
    claimInstances(LightResponse, NativeResponse);
    Object.setPrototypeOf(LightResponse, NativeResponse);
    Object.defineProperty(LightResponse, "name", { value: "Response" });
  }
}

/** Text or bytes as the body of a light Response; undefined for what only a real one can hold. Bytes are copied, as there. */
function plainBody(body: unknown): string | Uint8Array | null | undefined {
  if (body === undefined || body === null) return null;
  if (typeof body === "string") return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body.slice(0));
  if (!ArrayBuffer.isView(body) || !(body.buffer instanceof ArrayBuffer)) return undefined;
  const { buffer, byteOffset, byteLength } = body;
  return new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** What a real Response would accept as it is. All else goes to one, which converts it or says what is wrong. */
function isPlainInit(init: unknown, body: unknown): boolean {
  if (init === undefined) return true;
  if (typeof init !== "object" || init === null) return false;
  const { status = 200, statusText = "" } = init as ResponseInit;
  const isStatus = Number.isInteger(status) && status >= 200 && status <= 599;
  const isReason = typeof statusText === "string" && REASON.test(statusText);
  return isStatus && isReason && (body === null || !NULL_BODY_STATUS.has(status));
}

/** The fields as Headers iterates over them: names in lower case and in order. */
function headerPairs(headers: ResponseInit["headers"], isText: boolean): HeaderPair[] {
  const pairs = plainPairs(headers) ?? ([...new NativeHeaders(headers)] as HeaderPair[]);
  if (isText && !pairs.some(([name]) => name === "content-type")) {
    pairs.push(["content-type", "text/plain;charset=UTF-8"]);
  }
  return pairs.length > 1 ? pairs.sort(byName) : pairs;
}

/** The fields of Headers, and of a plain object that has nothing unusual in it. */
function plainPairs(headers: unknown): HeaderPair[] | undefined {
  if (headers === undefined) return [];
  if (headers instanceof NativeHeaders) return [...headers];
  if (typeof headers !== "object" || headers === null) return undefined;
  if (Object.getPrototypeOf(headers) !== Object.prototype) return undefined;
  const pairs = Object.entries(headers).map(([name, value]): HeaderPair => [name.toLowerCase(), value]);
  const isPlain = pairs.every(
    ([name, value]) => PLAIN_NAME.test(name) && typeof value === "string" && PLAIN_VALUE.test(value),
  );
  const isDistinct = pairs.length < 2 || new Set(pairs.map(([name]) => name)).size === pairs.length;
  return isPlain && isDistinct ? pairs : undefined;
}

function byName([one]: HeaderPair, [other]: HeaderPair): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
