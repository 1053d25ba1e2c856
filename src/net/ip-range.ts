import { type IpAddress, parseIp } from "./ip-address.ts";

/** All addresses that begin with the same bits. */
export interface IpRange {
  readonly family: 4 | 6;
  /** The first address. */
  readonly first: readonly number[];
  /** The last address. */
  readonly last: readonly number[];
  /** How many bits they share. */
  readonly bits: number;
}

const FULL_BITS = { 4: 32, 6: 128 } as const;
/** Bits in front of an IPv4 address that is written as an IPv6 one. */
const MAPPED_BITS = 96;

/**
 * Read an address, or a range such as `10.0.0.0/8`. Bits behind the prefix mean nothing, as in nginx. A range within `::ffff:0:0/96` is the range
 * of IPv4 addresses that it stands for.
 *
 * @returns `undefined` when it is neither.
 */
export function parseIpRange(text: string): IpRange | undefined {
  const slash = text.indexOf("/");
  const address = parseIp(slash === -1 ? text : text.slice(0, slash));
  // A zone is a matter of one machine's interfaces, not of addresses.
  if (!address || text.includes("%")) return undefined;
  if (slash === -1) return rangeOf(address, FULL_BITS[address.family]);
  const digits = text.slice(slash + 1);
  if (!/^\d{1,3}$/.test(digits)) return undefined;
  const isMapped = address.family === 4 && text.includes(":");
  const bits = Number(digits) - (isMapped ? MAPPED_BITS : 0);
  return bits < 0 || bits > FULL_BITS[address.family] ? undefined : rangeOf(address, bits);
}

function rangeOf({ family, words }: IpAddress, bits: number): IpRange {
  const first: number[] = [];
  const last: number[] = [];
  for (const [index, word] of words.entries()) {
    const free = 2 ** Math.min(32, Math.max(0, 32 * (index + 1) - bits));
    const low = word - (word % free);
    first.push(low);
    last.push(low + free - 1);
  }
  return { family, first, last, bits };
}
