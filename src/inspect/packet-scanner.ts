import { parseLength } from "../codec/content-length.ts";
import type { Packet } from "../codec/packet.ts";
import { PacketDecoder, type PacketDecoderOptions } from "../codec/packet-decoder.ts";
import { ProtocolError } from "../errors.ts";
import { isRequest } from "./modifier-names.ts";

/** A packet found in a stream of bytes. */
export interface ScannedPacket {
  /** Counted from 1. */
  readonly number: number;
  /** Where it begins in the stream. */
  readonly offset: number;
  readonly packet: Packet;
  /** Header and vars block. */
  readonly bytes: Buffer;
  /**
   * Bytes of body that follow according to its vars: CONTENT_LENGTH, or 0 without one. `undefined` when the
   * body goes on to the end of the stream, because it is chunked or its length is no number.
   */
  readonly bodyLength: number | undefined;
}

/** What {@link PacketScanner} finds. Every `packet` is followed by one `body`, which may be empty. */
export type ScanEvent =
  | { readonly type: "packet"; readonly found: ScannedPacket }
  | {
      readonly type: "body";
      readonly found: ScannedPacket;
      /** Bytes of body that were there; fewer than announced where the stream ended first. */
      readonly bodyBytes: number;
    }
  /** Nothing is read after this. */
  | { readonly type: "broken"; readonly broken: BrokenPacket };

/** A place where the stream holds no packet. */
export interface BrokenPacket {
  readonly number: number;
  /** Where the packet begins in the stream. */
  readonly offset: number;
  /** What is wrong; its offset counts from the start of the packet. */
  readonly error: ProtocolError;
  /** What there is of the packet. */
  readonly bytes: Buffer;
}

/**
 * Finds the packets in a stream of packets and bodies, as a client sends them. Sans-IO, and bodies are
 * counted, never kept.
 */
export class PacketScanner {
  readonly #options: PacketDecoderOptions;
  #decoder: PacketDecoder;
  /** The bytes the decoder was given since the last packet. */
  #chunks: Uint8Array[] = [];
  #number = 1;
  #packetOffset = 0;
  #found: ScannedPacket | undefined;
  #bodyBytes = 0;
  #isBroken = false;

  constructor(options: PacketDecoderOptions = {}) {
    this.#options = options;
    this.#decoder = new PacketDecoder(options);
  }

  /** Read on. */
  receive(chunk: Uint8Array): ScanEvent[] {
    const events: ScanEvent[] = [];
    let rest = chunk;
    while (rest.length > 0 && !this.#isBroken) {
      rest = this.#found ? this.#body(this.#found, rest, events) : this.#packet(rest, events);
    }
    return events;
  }

  /** The stream is over. */
  end(): ScanEvent[] {
    const events: ScanEvent[] = [];
    if (this.#isBroken) return events;
    if (this.#found) this.#endBody(this.#found, events);
    this.#decoder.end();
    this.#next(events);
    return events;
  }

  #packet(chunk: Uint8Array, events: ScanEvent[]): Uint8Array {
    this.#decoder.receive(chunk);
    this.#chunks.push(chunk);
    const packet = this.#next(events);
    if (!packet) return new Uint8Array();
    const rest = this.#decoder.takeRemainder();
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [];
    const bytes = all.subarray(0, all.length - rest.length);
    const found = {
      number: this.#number,
      offset: this.#packetOffset,
      packet,
      bytes,
      bodyLength: bodyLength(packet),
    };
    events.push({ type: "packet", found });
    this.#found = found;
    if (found.bodyLength === 0) this.#endBody(found, events);
    return rest;
  }

  #next(events: ScanEvent[]): Packet | undefined {
    try {
      const event = this.#decoder.next();
      return event.type === "packet" ? event : undefined;
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#isBroken = true;
      const bytes = Buffer.concat(this.#chunks);
      events.push({
        type: "broken",
        broken: { number: this.#number, offset: this.#packetOffset, error, bytes },
      });
      return undefined;
    }
  }

  #body(found: ScannedPacket, chunk: Uint8Array, events: ScanEvent[]): Uint8Array {
    const missing = (found.bodyLength ?? Number.POSITIVE_INFINITY) - this.#bodyBytes;
    const taken = Math.min(missing, chunk.length);
    this.#bodyBytes += taken;
    if (taken === missing) this.#endBody(found, events);
    return chunk.subarray(taken);
  }

  #endBody(found: ScannedPacket, events: ScanEvent[]): void {
    events.push({ type: "body", found, bodyBytes: this.#bodyBytes });
    this.#packetOffset += found.bytes.length + this.#bodyBytes;
    this.#number += 1;
    this.#bodyBytes = 0;
    this.#found = undefined;
    this.#decoder = new PacketDecoder(this.#options);
  }
}

/** Find the packets in a file or any other source of bytes. Stops reading at the first broken one. */
export async function* scanPackets(
  source: AsyncIterable<Uint8Array>,
  options: PacketDecoderOptions = {},
): AsyncGenerator<ScanEvent, void> {
  const scanner = new PacketScanner(options);
  for await (const chunk of source) {
    for (const event of scanner.receive(chunk)) {
      yield event;
      if (event.type === "broken") return;
    }
  }
  yield* scanner.end();
}

function bodyLength({ modifier1, vars }: Packet): number | undefined {
  if (!isRequest(modifier1)) return 0;
  const text = lastValue(vars, "CONTENT_LENGTH");
  if (text !== undefined && text !== "") return parseLength(text);
  const coding = lastValue(vars, "HTTP_TRANSFER_ENCODING") ?? "";
  return coding === "" ? 0 : undefined;
}

/** The value of a var; of several, the last one counts, as in uWSGI. */
export function lastValue(vars: Packet["vars"], name: string): string | undefined {
  return vars.findLast(([key]) => key === name)?.[1];
}
