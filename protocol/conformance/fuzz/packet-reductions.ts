import { type Packet, PacketDecoder } from "../../../src/codec/index.ts";
import { encodePacket } from "../../../src/codec/packet-encoder.ts";
import type { Vars } from "../../../src/codec/vars.ts";

/** A packet and what follows it. */
export interface ReadPacket {
  readonly packet: Packet;
  readonly rest: Buffer;
}

/** The packet at the start of these bytes; `undefined` when there is none. */
export function readPacket(bytes: Buffer): ReadPacket | undefined {
  const decoder = new PacketDecoder();
  decoder.receive(bytes);
  try {
    const event = decoder.next();
    return event.type === "packet"
      ? { packet: event, rest: Buffer.from(decoder.takeRemainder()) }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Packets that are smaller and as well formed: without the body, without some vars, with shorter values. */
export function* packetReductions(bytes: Buffer): Iterable<Buffer> {
  const read = readPacket(bytes);
  if (!read) return;
  const { packet, rest } = read;
  const encode = (vars: Vars, body: Buffer): Buffer =>
    Buffer.concat([encodePacket({ ...packet, vars }), body]);
  if (rest.length > 0) yield encode(packet.vars, Buffer.alloc(0));
  for (const vars of [...withoutSome(packet.vars), ...withShorterValue(packet.vars)])
    yield encode(vars, rest);
}

function* withoutSome(vars: Vars): Iterable<Vars> {
  for (let size = Math.ceil(vars.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < vars.length; from += size)
      yield vars.filter((_, index) => index < from || index >= from + size);
  }
}

function* withShorterValue(vars: Vars): Iterable<Vars> {
  for (const [index, [name, value]] of vars.entries()) {
    const half = Math.ceil(value.length / 2);
    const shorter = new Set([
      "",
      value.slice(0, half),
      value.slice(half),
      value.slice(1),
      value.slice(0, -1),
    ]);
    for (const text of shorter) {
      if (text.length < value.length) yield vars.with(index, [name, text]);
    }
  }
}
