import { ProtocolError } from "../errors.ts";
import { HEADER_BYTES, MAX_DATASIZE } from "./constants.ts";
import type { Packet } from "./packet.ts";
import { decodeVarsText } from "./vars.ts";

/** What {@link PacketDecoder.next} can answer. Switch on `type`; the union is closed. */
export type PacketEvent =
  | ({ readonly type: "packet" } & Packet)
  | { readonly type: "need-data" }
  | { readonly type: "closed" };

/** Options of {@link PacketDecoder}. */
export interface PacketDecoderOptions {
  /**
   * Refuse packets that announce a larger vars block, in bytes. uWSGI calls this `buffer-size`.
   *
   * @defaultValue 65 535, the most the format can announce
   */
  readonly maxVarsBytes?: number;
  /**
   * Refuse packets with more vars than this.
   *
   * @defaultValue no limit but the size of the block
   */
  readonly maxVars?: number;
}

const EMPTY = Buffer.alloc(0);
const NEED_DATA: PacketEvent = { type: "need-data" };
const CLOSED: PacketEvent = { type: "closed" };

/** First four bytes of every HTTP request a client may send by mistake, as one string each. */
const HTTP_STARTS = new Set(["GET ", "POST", "HEAD", "PUT ", "DELE", "OPTI", "PATC", "CONN", "TRAC", "PRI "]);
const LETTER_A = 0x41;
const LETTER_Z = 0x5a;
const TLS_HANDSHAKE = 0x16;
const TLS_MAJOR_VERSION = 3;
const TLS_LAST_MINOR_VERSION = 4;

/**
 * Turns a byte stream into uwsgi packets. Opens no socket, sets no timer, and
 * never waits: feed it with {@link receive}, then call {@link next} until it
 * answers `need-data` or `closed`.
 *
 * Chunk boundaries never change the events, so the same class serves a TCP
 * socket, a Unix socket and a test that passes one byte at a time.
 */
export class PacketDecoder {
  readonly #maxVarsBytes: number;
  readonly #maxVars: number;
  #chunks: Uint8Array[] = [];
  #size = 0;
  /** Do not look at the bytes before this many arrived: keeps joining linear. */
  #needed = HEADER_BYTES;
  #ended = false;
  #failure: unknown;

  constructor(options: PacketDecoderOptions = {}) {
    this.#maxVarsBytes = options.maxVarsBytes ?? MAX_DATASIZE;
    this.#maxVars = options.maxVars ?? Number.POSITIVE_INFINITY;
  }

  /** Add bytes from the peer. Keeps a reference, copies nothing, parses nothing. */
  receive(chunk: Uint8Array): void {
    if (this.#size === 0) this.#chunks = [chunk];
    else this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /** Say that the peer will send nothing more. */
  end(): void {
    this.#ended = true;
  }

  /**
   * Return the next event and advance past it.
   *
   * @throws {@link ProtocolError} once the peer broke the format, and again on
   *   every later call: a decoder that failed stays failed.
   */
  next(): PacketEvent {
    if (this.#failure) throw this.#failure;
    try {
      return this.#parse();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  /** Bytes received and not yet part of a packet that {@link next} returned. */
  get pendingBytes(): number {
    return this.#size;
  }

  /** Hand over bytes that belong to no packet yet: the start of the request body. */
  takeRemainder(): Uint8Array {
    const remainder = this.#join();
    this.#keep(EMPTY);
    return remainder;
  }

  #parse(): PacketEvent {
    if (this.#size < this.#needed) return this.#incomplete();
    const bytes = this.#join();

    refuseOtherProtocols(bytes);
    const datasize = bytes.readUInt16LE(1);
    // Checked before waiting for the block: a hostile length buys no memory.
    if (datasize > this.#maxVarsBytes) {
      throw new ProtocolError(
        "UWB_ERR_VARS_TOO_LARGE",
        `peer announced ${datasize} bytes of vars, limit is ${this.#maxVarsBytes}`,
        { offset: 1, statusHint: 431 },
      );
    }
    const packetEnd = HEADER_BYTES + datasize;
    if (bytes.length < packetEnd) {
      this.#needed = packetEnd;
      return this.#incomplete();
    }

    const vars = decodeVarsText(bytes.toString("latin1", HEADER_BYTES, packetEnd), this.#maxVars);
    this.#keep(packetEnd === bytes.length ? EMPTY : bytes.subarray(packetEnd));
    return { type: "packet", modifier1: bytes.readUInt8(0), modifier2: bytes.readUInt8(3), vars };
  }

  #incomplete(): PacketEvent {
    if (!this.#ended) return NEED_DATA;
    if (this.#size === 0) return CLOSED;
    throw new ProtocolError("UWB_ERR_PACKET_TRUNCATED", "peer closed inside a packet", {
      offset: this.#size,
    });
  }

  #join(): Buffer {
    const [only] = this.#chunks;
    const bytes =
      this.#chunks.length === 1 && Buffer.isBuffer(only) ? only : Buffer.concat(this.#chunks, this.#size);
    this.#chunks = [bytes];
    return bytes;
  }

  #keep(bytes: Uint8Array): void {
    this.#chunks = [bytes];
    this.#size = bytes.length;
    this.#needed = HEADER_BYTES;
  }
}

/** A browser or a TLS client on a uwsgi port deserves a better answer than "21573 bytes of vars". */
function refuseOtherProtocols(bytes: Buffer): void {
  const first = bytes.readUInt8(0);
  if (first >= LETTER_A && first <= LETTER_Z && HTTP_STARTS.has(bytes.toString("latin1", 0, HEADER_BYTES))) {
    throw new ProtocolError(
      "UWB_ERR_NOT_UWSGI",
      "this port speaks uwsgi, and the peer sent an HTTP request; put a front or nginx uwsgi_pass before it",
      { offset: 0 },
    );
  }
  const isTlsVersion =
    bytes.readUInt8(1) === TLS_MAJOR_VERSION && bytes.readUInt8(2) <= TLS_LAST_MINOR_VERSION;
  if (first === TLS_HANDSHAKE && isTlsVersion) {
    throw new ProtocolError(
      "UWB_ERR_NOT_UWSGI",
      "this port speaks uwsgi, and the peer sent a TLS handshake",
      {
        offset: 0,
      },
    );
  }
}
