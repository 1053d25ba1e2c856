import { ProtocolError } from "../errors.ts";

/** Options of {@link ChunkedDecoder}. */
export interface ChunkedDecoderOptions {
  /** Status hint of the errors: 502 when a worker broke the framing, 400 when a client did. @defaultValue 502 */
  readonly statusHint?: number;
}

/** Digits of a chunk size: 13 hex digits are the largest size that is exact in a double. */
const MAX_SIZE_DIGITS = 13;
/** Extensions of all chunks of one body, and all trailers, in bytes each. Both are read and thrown away. */
const MAX_EXTENSION_BYTES = 16_384;
const MAX_TRAILER_BYTES = 16_384;

const CR = 0x0d;
const LF = 0x0a;
const SEMICOLON = 0x3b;
const EMPTY = new Uint8Array();

/** States that look at one byte after another. */
type LineState = "size" | "extension" | "size-lf" | "data-cr" | "data-lf" | "trailer" | "trailer-lf";
type State = LineState | "data" | "done";

/**
 * Takes the chunked transfer coding off a body. Feed it with {@link decode} until {@link done}.
 *
 * Strict on purpose: CRLF and nothing else ends a line, sizes are plain hexadecimal digits, and the two bytes behind
 * the data of a chunk are checked. Extensions and trailers are counted, limited and dropped.
 *
 * @see RFC 9112 section 7.1
 */
export class ChunkedDecoder {
  readonly #statusHint: number;
  #state: State = "size";
  #left = 0;
  #sizeDigits = 0;
  #extensionBytes = 0;
  #trailerBytes = 0;
  #trailerLineBytes = 0;
  #offset = 0;
  #failure: ProtocolError | undefined;

  constructor(options: ChunkedDecoderOptions = {}) {
    this.#statusHint = options.statusHint ?? 502;
  }

  /** True once the last chunk and the empty line after its trailers were read. */
  get done(): boolean {
    return this.#state === "done";
  }

  /**
   * Decode the next bytes from the connection.
   *
   * @returns The blocks of body data among them, as views of `bytes`, and what follows the end of the body
   *   (empty until {@link done}).
   * @throws {@link ProtocolError} `UWB_ERR_CHUNK_MALFORMED`, with the offset counted from the start of the body.
   *   A decoder that failed stays failed.
   */
  decode(bytes: Uint8Array): { data: Uint8Array[]; rest: Uint8Array } {
    if (this.#failure) throw this.#failure;
    const data: Uint8Array[] = [];
    let index = 0;
    while (index < bytes.length && this.#state !== "done") {
      if (this.#state === "data") {
        const block = bytes.subarray(index, index + this.#left);
        data.push(block);
        index += block.length;
        this.#offset += block.length;
        this.#left -= block.length;
        if (this.#left === 0) this.#state = "data-cr";
      } else {
        this.#state = this.#step(this.#state, bytes[index] as number);
        index += 1;
        this.#offset += 1;
      }
    }
    return { data, rest: index < bytes.length ? bytes.subarray(index) : EMPTY };
  }

  #step(state: LineState, byte: number): State {
    switch (state) {
      case "size":
        return this.#size(byte);
      case "extension":
        return this.#extension(byte);
      case "size-lf":
        this.#expect(byte, LF, "a chunk size does not end in CRLF");
        this.#sizeDigits = 0;
        return this.#left === 0 ? "trailer" : "data";
      case "data-cr":
        this.#expect(byte, CR, "chunk data does not end in CRLF");
        return "data-lf";
      case "data-lf":
        this.#expect(byte, LF, "chunk data does not end in CRLF");
        return "size";
      case "trailer":
        return this.#trailer(byte);
      case "trailer-lf":
        this.#expect(byte, LF, "a trailer does not end in CRLF");
        if (this.#trailerLineBytes === 0) return "done";
        this.#trailerLineBytes = 0;
        return "trailer";
    }
  }

  #size(byte: number): State {
    const digit = hexDigit(byte);
    if (digit !== -1) {
      this.#sizeDigits += 1;
      if (this.#sizeDigits > MAX_SIZE_DIGITS) throw this.#malformed("a chunk size has too many digits");
      this.#left = this.#left * 16 + digit;
      return "size";
    }
    if (this.#sizeDigits === 0) throw this.#malformed("a chunk size is missing or not hexadecimal");
    if (byte === CR) return "size-lf";
    if (byte === SEMICOLON) return this.#extension(byte);
    throw this.#malformed("a chunk size is not hexadecimal");
  }

  #extension(byte: number): State {
    if (byte === CR) return "size-lf";
    this.#extensionBytes += 1;
    if (byte === LF) throw this.#malformed("a chunk extension holds a line feed");
    if (this.#extensionBytes > MAX_EXTENSION_BYTES) throw this.#malformed("chunk extensions are too long");
    return "extension";
  }

  #trailer(byte: number): State {
    if (byte === CR) return "trailer-lf";
    if (byte === LF) throw this.#malformed("a trailer does not end in CRLF");
    this.#trailerBytes += 1;
    this.#trailerLineBytes += 1;
    if (this.#trailerBytes > MAX_TRAILER_BYTES) throw this.#malformed("trailers are too long");
    return "trailer";
  }

  #expect(byte: number, wanted: number, message: string): void {
    if (byte !== wanted) throw this.#malformed(message);
  }

  #malformed(message: string): ProtocolError {
    this.#failure = new ProtocolError("UWB_ERR_CHUNK_MALFORMED", message, {
      offset: this.#offset,
      statusHint: this.#statusHint,
    });
    return this.#failure;
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
