import {
  type ErrorCode,
  type Packet,
  PacketDecoder,
  type PacketDecoderOptions,
  ProtocolError,
} from "../../src/codec/index.ts";

/** What became of the bytes of one connection. */
export interface PacketRun {
  /** `closed`: the peer left without a byte. `stuck`: no answer even though the peer closed; never right. */
  outcome: "packet" | "closed" | "stuck" | { readonly code: ErrorCode; readonly offset: number };
  packet: Packet | undefined;
  /** What stood behind the packet, as hex. */
  rest: string;
  /** The outcome was known before the peer closed. */
  beforeClose: boolean;
}

/** Feed one connection to a decoder as a worker does: up to the first packet, and then the peer closes. */
export function runPacket(chunks: readonly Uint8Array[], options?: PacketDecoderOptions): PacketRun {
  const run: PacketRun = { outcome: "stuck", packet: undefined, rest: "", beforeClose: true };
  const decoder = new PacketDecoder(options);
  for (const [index, chunk] of chunks.entries()) {
    decoder.receive(chunk);
    if (advance(decoder, run)) {
      const later = chunks.slice(index + 1);
      if (run.packet) run.rest = Buffer.concat([decoder.takeRemainder(), ...later]).toString("hex");
      return run;
    }
  }
  decoder.end();
  run.beforeClose = false;
  advance(decoder, run);
  return run;
}

/** True when the outcome is known. */
function advance(decoder: PacketDecoder, run: PacketRun): boolean {
  try {
    const event = decoder.next();
    if (event.type === "need-data") return false;
    run.outcome = event.type;
    if (event.type === "packet") {
      run.packet = { modifier1: event.modifier1, modifier2: event.modifier2, vars: event.vars };
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    run.outcome = { code: error.code, offset: error.offset };
  }
  return true;
}
