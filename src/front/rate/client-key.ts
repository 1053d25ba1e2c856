import { ipv4Text, parseIp } from "../../net/ip-address.ts";

const WORD_BITS = 32;
const GROUP_BITS = 16;
/** `64:ff9b::/96`, IPv4 behind a translator. */
const TRANSLATED = [0x64ff9b, 0, 0] as const;

/**
 * Under what a client is counted: IPv4 addresses by themselves, IPv6 ones by the network they are in, since a household has 2^64 of them.
 * Addresses that stand for one machine each are not put together: link-local ones, and IPv4 in IPv6 (`::ffff:0:0/96`, `64:ff9b::/96`).
 *
 * @param ipv6Prefix - Bits of an IPv6 address that tell clients apart, 1 to 128.
 * @returns The empty string for a client without an address, one on a Unix socket.
 */
export function clientKey(address: string, ipv6Prefix: number): string {
  if (!address.includes(":")) return address;
  const parsed = parseIp(address);
  if (!parsed) return address;
  const { family, words } = parsed;
  const [first = 0, , , last = 0] = words;
  if (family === 4) return ipv4Text(first);
  // The zone tells them apart as well.
  if (first >>> 22 === 0xfe80 >>> 6) return address.toLowerCase();
  if (TRANSLATED.every((word, index) => words[index] === word)) return ipv4Text(last);
  return networkOf(words, ipv6Prefix);
}

/** Written as `2001:db8:1:2::/64`. */
function networkOf(words: readonly number[], prefix: number): string {
  const groups = words.flatMap((word, index) => {
    const rest = Math.min(WORD_BITS, Math.max(0, (index + 1) * WORD_BITS - prefix));
    const kept = rest === WORD_BITS ? 0 : (word >>> rest) << rest;
    return [(kept >>> GROUP_BITS).toString(16), (kept & 0xffff).toString(16)];
  });
  const told = groups.slice(0, Math.ceil(prefix / GROUP_BITS));
  return `${told.join(":")}${told.length < groups.length ? "::" : ""}/${prefix}`;
}
