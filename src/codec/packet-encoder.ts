import { UsageError } from "../errors.ts";
import type { Packet } from "./packet.ts";
import { lengthText, varsText } from "./vars.ts";

/**
 * Encode a packet: 4 bytes of header, then the vars block.
 *
 * @throws {@link UsageError} as {@link encodeVars} does, and `UWB_ERR_VARS_MALFORMED` when a modifier is not
 *   a whole number from 0 to 255.
 *
 * @example
 * encodePacket({ modifier1: 0, modifier2: 0, vars: [["A", "bc"]] }); // 00 07 00 00 01 00 41 02 00 62 63
 */
export function encodePacket(packet: Packet): Uint8Array {
  return Buffer.from(packetText(packet), "latin1");
}

/** The packet as a string of one character per byte, to be written with the encoding `latin1`. */
export function packetText({ modifier1, modifier2, vars }: Packet): string {
  const block = varsText(vars);
  return byteText(modifier1) + lengthText(block.length) + byteText(modifier2) + block;
}

function byteText(modifier: number): string {
  if (!Number.isInteger(modifier) || modifier < 0 || modifier > 255) {
    throw new UsageError("UWB_ERR_VARS_MALFORMED", `a modifier is a byte from 0 to 255, got ${modifier}`);
  }
  return String.fromCharCode(modifier);
}
