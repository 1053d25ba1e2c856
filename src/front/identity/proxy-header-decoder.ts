import type { ProxyProtocol } from "./identity-options.ts";
import { type ProxyHeader, proxyHeaderError } from "./proxy-header.ts";
import { MAX_V1_BYTES, parseProxyLine } from "./proxy-header-v1.ts";
import { parseProxyHeader, proxyHeaderBytes, V2_HEAD_BYTES } from "./proxy-header-v2.ts";

const V1_START: Buffer = Buffer.from("PROXY ");
const V2_SIGNATURE: Buffer = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const EMPTY: Buffer = Buffer.alloc(0);
const LINE_FEED = 0x0a;

/** Takes the PROXY header off the beginning of a byte stream, wherever that is divided. */
export class ProxyHeaderDecoder {
  readonly #takesV1: boolean;
  readonly #takesV2: boolean;
  #bytes: Buffer = EMPTY;

  constructor(versions: Exclude<ProxyProtocol, "off">) {
    this.#takesV1 = versions !== "v2";
    this.#takesV2 = versions !== "v1";
  }

  /** Nothing has come. */
  get isEmpty(): boolean {
    return this.#bytes.length === 0;
  }

  /**
   * Add bytes from the peer.
   *
   * @returns The header; `undefined` while it is not complete.
   * @throws {@link ProtocolError} `UWB_ERR_PROXY_PROTOCOL` as soon as the bytes can not become one. Nothing may be added afterwards.
   */
  push(bytes: Buffer): ProxyHeader | undefined {
    this.#bytes = this.#bytes.length === 0 ? bytes : Buffer.concat([this.#bytes, bytes]);
    if (this.isEmpty) return undefined;
    if (this.#takesV2 && this.#beginsWith(V2_SIGNATURE)) return this.#readV2();
    if (this.#takesV1 && this.#beginsWith(V1_START)) return this.#readV1();
    throw proxyHeaderError("is missing", 0);
  }

  /** The bytes behind the header. */
  takeRemainder(): Buffer {
    const bytes = this.#bytes;
    this.#bytes = EMPTY;
    return bytes;
  }

  /** As far as the bytes have come. */
  #beginsWith(start: Buffer): boolean {
    const length = Math.min(start.length, this.#bytes.length);
    return this.#bytes.compare(start, 0, length, 0, length) === 0;
  }

  #readV1(): ProxyHeader | undefined {
    const end = this.#bytes.subarray(0, MAX_V1_BYTES).indexOf(LINE_FEED) + 1;
    if (end > 0) return parseProxyLine(this.#take(end).toString("latin1"));
    if (this.#bytes.length >= MAX_V1_BYTES)
      throw proxyHeaderError(`has no line end within ${MAX_V1_BYTES} bytes`, MAX_V1_BYTES);
    return undefined;
  }

  #readV2(): ProxyHeader | undefined {
    if (this.#bytes.length < V2_HEAD_BYTES) return undefined;
    const length = proxyHeaderBytes(this.#bytes);
    return this.#bytes.length < length ? undefined : parseProxyHeader(this.#take(length));
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return taken;
  }
}
