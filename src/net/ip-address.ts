import { isIP } from "node:net";

/** An IP address as numbers that can be compared. */
export interface IpAddress {
  readonly family: 4 | 6;
  /** 32 bits each, the first is the highest: one for IPv4, four for IPv6. */
  readonly words: readonly number[];
}

/**
 * Read an address.
 *
 * An IPv4 address inside an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 address: that is how a socket for both families names its clients. The
 * zone of a link-local address (`fe80::1%eth0`) is left out.
 *
 * @returns `undefined` when it is none: a host name, or an IPv4 address with a leading zero or fewer than four numbers.
 */
export function parseIp(text: string): IpAddress | undefined {
  const zone = text.indexOf("%");
  const plain = zone === -1 ? text : text.slice(0, zone);
  const family = isIP(plain);
  if (family === 4) return { family: 4, words: [ipv4Word(plain)] };
  if (family !== 6) return undefined;
  const words = ipv6Words(plain);
  return isMapped(words) ? { family: 4, words: words.slice(3) } : { family: 6, words };
}

/** The IPv4 address that an IPv6 one stands for, `::ffff:192.0.2.1` and `::ffff:c000:201` alike; any other text as it is. */
export function withoutMapping(text: string): string {
  const ip = text.includes(":") ? parseIp(text) : undefined;
  return ip?.family === 4 ? ipv4Text(ip.words[0] as number) : text;
}

/** @param word - The 32 bits of the address. */
export function ipv4Text(word: number): string {
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff).join(".");
}

function ipv4Word(text: string): number {
  let word = 0;
  for (const part of text.split(".")) word = word * 256 + Number(part);
  return word;
}

function ipv6Words(text: string): number[] {
  const [head = "", tail] = text.split("::");
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const zeros = new Array<number>(8 - first.length - last.length).fill(0);
  const all = [...first, ...zeros, ...last];
  return [0, 2, 4, 6].map((at) => (all[at] as number) * 0x10000 + (all[at + 1] as number));
}

/** Groups of 16 bits. The last two may be written as an IPv4 address. */
function groups(text: string): number[] {
  if (text === "") return [];
  return text.split(":").flatMap((part) => {
    if (!part.includes(".")) return [Number.parseInt(part, 16)];
    const word = ipv4Word(part);
    return [Math.floor(word / 0x10000), word % 0x10000];
  });
}

function isMapped([first, second, third]: readonly number[]): boolean {
  return first === 0 && second === 0 && third === 0xffff;
}
