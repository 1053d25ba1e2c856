const GROUPS = 8;
const GROUP_BITS = 16;
const ALL_BITS = GROUPS * GROUP_BITS;

/**
 * Under what a client is counted: IPv4 addresses by themselves, IPv6 ones by the network they are in, since a household has 2^64 of them.
 * Addresses that stand for one machine each are not put together: link-local ones, and IPv4 in IPv6 (`::ffff:0:0/96`, `64:ff9b::/96`).
 *
 * @param ipv6Prefix - Bits of an IPv6 address that tell clients apart, 1 to 128.
 * @returns The empty string for a client without an address, one on a Unix socket.
 */
export function clientKey(address: string, ipv6Prefix: number): string {
  if (!address.includes(":")) return address;
  const [plain = ""] = address.split("%", 1);
  const groups = ipv6Groups(plain);
  if (!groups) return address;
  const [first = 0, second, , , , sixth] = groups;
  if (groups.slice(0, 5).every((group) => group === 0) && sixth === 0xffff) return ipv4Of(groups);
  const isLinkLocal = (first & 0xffc0) === 0xfe80;
  const isTranslated = first === 0x64 && second === 0xff9b;
  if (isLinkLocal) return address.toLowerCase();
  return networkOf(groups, isTranslated ? ALL_BITS : ipv6Prefix);
}

function networkOf(groups: readonly number[], prefix: number): string {
  const kept = groups.map((group, index) => {
    const bits = Math.min(GROUP_BITS, Math.max(0, prefix - index * GROUP_BITS));
    return (group & (0xffff << (GROUP_BITS - bits)) & 0xffff).toString(16);
  });
  return `${kept.slice(0, Math.ceil(prefix / GROUP_BITS)).join(":")}/${prefix}`;
}

function ipv4Of(groups: readonly number[]): string {
  return groups
    .slice(-2)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join(".");
}

/** @returns `undefined` for what is no IPv6 address. */
function ipv6Groups(address: string): number[] | undefined {
  const halves = withoutDots(address).split("::");
  if (halves.length > 2) return undefined;
  const [before = [], after = []] = halves.map((half) => (half === "" ? [] : half.split(":")));
  const missing = GROUPS - before.length - after.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const texts = [...before, ...Array.from({ length: missing }, () => "0"), ...after];
  if (!texts.every((text) => /^[\da-f]{1,4}$/i.test(text))) return undefined;
  return texts.map((text) => Number.parseInt(text, 16));
}

/** `::ffff:192.0.2.1` as `::ffff:c000:201`. */
function withoutDots(address: string): string {
  const [, head = "", ...digits] = /^(.*:)(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address) ?? [];
  if (digits.length === 0) return address;
  const [a = 0, b = 0, c = 0, d = 0] = digits.map(Number);
  return `${head}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}
