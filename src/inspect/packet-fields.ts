import { HEADER_BYTES, LENGTH_BYTES } from "../codec/constants.ts";
import { isSecret } from "./secrets.ts";

/** A run of bytes of a packet that means one thing. */
export interface PacketField {
  readonly kind: "modifier1" | "datasize" | "modifier2" | "name-length" | "name" | "value-length" | "value";
  /** Where it begins, counted from the start of the packet. */
  readonly offset: number;
  /** A view of the packet. Shorter than announced where the packet ends first. */
  readonly bytes: Buffer;
  /** The number a header byte or a length stands for; 0 for names and values. */
  readonly number: number;
  /** The value of a var that is shown only on request. */
  readonly isSecret: boolean;
}

/**
 * Take a packet apart, field by field, as far as it goes. Unlike the decoder this never fails: a malformed
 * packet is taken apart up to its end, and its last field is what is left.
 */
export function packetFields(packet: Buffer): PacketField[] {
  const end = Math.min(packet.length, HEADER_BYTES + (packet.length > 2 ? packet.readUInt16LE(1) : 0));
  const fields = headerFields(packet);
  let offset = HEADER_BYTES;
  const take = (kind: PacketField["kind"], size: number, secret = false): PacketField => {
    const bytes = packet.subarray(offset, Math.min(offset + size, end));
    const number = size === LENGTH_BYTES && kind.endsWith("-length") ? littleEndian(bytes) : 0;
    const field = { kind, offset, bytes, number, isSecret: secret };
    if (bytes.length > 0) fields.push(field);
    offset += bytes.length;
    return field;
  };
  while (offset < end) {
    const name = take("name", take("name-length", LENGTH_BYTES).number);
    take("value", take("value-length", LENGTH_BYTES).number, isSecret(name.bytes.toString("latin1")));
  }
  return fields;
}

/** Marks the bytes of a packet that are shown only on request: 1 at each of them. */
export function secretBytes(packet: Buffer): Uint8Array {
  const marks = new Uint8Array(packet.length);
  for (const { isSecret: secret, offset, bytes } of packetFields(packet)) {
    if (secret) marks.fill(1, offset, offset + bytes.length);
  }
  return marks;
}

function headerFields(packet: Buffer): PacketField[] {
  const parts = [
    ["modifier1", 0, 1],
    ["datasize", 1, 3],
    ["modifier2", 3, 4],
  ] as const;
  return parts
    .map(([kind, start, end]) => ({ kind, offset: start, bytes: packet.subarray(start, end) }))
    .filter(({ bytes }) => bytes.length > 0)
    .map((field) => ({ ...field, number: littleEndian(field.bytes), isSecret: false }));
}

/** Of one byte or two; a missing byte counts as 0. */
function littleEndian(bytes: Buffer): number {
  return (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
}
