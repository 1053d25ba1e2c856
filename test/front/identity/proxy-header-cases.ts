/** What the header of a case says. */
interface ExpectedHeader {
  readonly type: "proxied" | "unix" | "own";
  readonly source?: string;
  readonly port?: string;
  readonly destinationPort?: string;
  readonly isTls?: boolean;
}

export interface GoodCase {
  readonly name: string;
  readonly bytes: Buffer;
  readonly header: ExpectedHeader;
}

export interface BadCase {
  readonly name: string;
  readonly bytes: Buffer;
  /** What the error says. */
  readonly reason: RegExp;
}

const SIGNATURE = "0d0a0d0a000d0a515549540a";
const V4 = "c0000201 c6336402 1388 01bb";
const V6 = "20010db8000000000000000000000001 20010db8000000000000000000000002 1388 01bb";

/** A header of version 2 with the length of what follows, written in hexadecimal. */
export function v2(commandAndFamily: string, rest = ""): Buffer {
  const body = hex(rest);
  const length = body.length.toString(16).padStart(4, "0");
  return Buffer.concat([hex(`${SIGNATURE} ${commandAndFamily} ${length}`), body]);
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(" ", ""), "hex");
}

const ascii = (text: string): Buffer => Buffer.from(text, "latin1");
const client = { type: "proxied", source: "192.0.2.1", port: "5000", destinationPort: "443" } as const;

export const goodCases: readonly GoodCase[] = [
  { name: "v1 TCP4", bytes: ascii("PROXY TCP4 192.0.2.1 198.51.100.2 5000 443\r\n"), header: client },
  {
    name: "v1 TCP6",
    bytes: ascii("PROXY TCP6 2001:DB8::1 2001:db8::2 5000 443\r\n"),
    header: { ...client, source: "2001:db8::1" },
  },
  {
    name: "v1, the longest line",
    bytes: ascii(`PROXY TCP6 ${"ffff:".repeat(7)}ffff ${"ffff:".repeat(7)}ffff 65535 65535\r\n`),
    header: { type: "proxied", source: `${"ffff:".repeat(7)}ffff`, port: "65535", destinationPort: "65535" },
  },
  {
    name: "v1 with an IPv4 address in IPv6",
    bytes: ascii("PROXY TCP6 ::ffff:192.0.2.1 ::ffff:198.51.100.2 5000 443\r\n"),
    header: client,
  },
  {
    name: "v1 with an IPv4 address in IPv6, in hex",
    bytes: ascii("PROXY TCP6 0:0:0:0:0:FFFF:C000:201 ::ffff:c633:6402 5000 443\r\n"),
    header: client,
  },
  {
    name: "v1, ports 0",
    bytes: ascii("PROXY TCP4 1.1.1.1 2.2.2.2 0 0\r\n"),
    header: { type: "proxied", source: "1.1.1.1", port: "0" },
  },
  { name: "v1 UNKNOWN", bytes: ascii("PROXY UNKNOWN\r\n"), header: { type: "own" } },
  { name: "v1 UNKNOWN with more", bytes: ascii("PROXY UNKNOWN a b c 65536\r\n"), header: { type: "own" } },
  { name: "v2 TCP4", bytes: v2("21 11", V4), header: client },
  { name: "v2 TCP6", bytes: v2("21 21", V6), header: { ...client, source: "2001:db8::1" } },
  {
    name: "v2 TCP6, zeros in two places",
    bytes: v2("21 21", `20010000000000010000000000000001 ${"00".repeat(16)} 1388 01bb`),
    header: { ...client, source: "2001:0:0:1::1" },
  },
  {
    name: "v2 TCP6, zeros alone",
    bytes: v2("21 21", `${"00".repeat(32)} 1388 01bb`),
    header: { ...client, source: "::" },
  },
  {
    name: "v2 TCP6, zeros at the end",
    bytes: v2("21 21", `fe80${"00".repeat(14)} ${"00".repeat(16)} 1388 01bb`),
    header: { ...client, source: "fe80::" },
  },
  {
    name: "v2 TCP6, digits that end in zero",
    bytes: v2("21 21", `20100000003000400050006000700080 ${"00".repeat(16)} 1388 01bb`),
    header: { ...client, source: "2010:0:30:40:50:60:70:80" },
  },
  {
    name: "v2 with an IPv4 address in IPv6",
    bytes: v2("21 21", `00000000000000000000ffffc0000201 ${"00".repeat(16)} 1388 01bb`),
    header: client,
  },
  { name: "v2 LOCAL", bytes: v2("20 00"), header: { type: "own" } },
  { name: "v2 LOCAL with an address that does not count", bytes: v2("20 11", V4), header: { type: "own" } },
  { name: "v2 LOCAL with anything", bytes: v2("20 ff", "01 02 03"), header: { type: "own" } },
  { name: "v2 UNSPEC", bytes: v2("21 00"), header: { type: "own" } },
  { name: "v2 UNSPEC with anything", bytes: v2("21 00", "01 02 03"), header: { type: "own" } },
  { name: "v2 of a datagram", bytes: v2("21 12", V4), header: { type: "own" } },
  { name: "v2 IPv4 without a protocol", bytes: v2("21 10", V4), header: { type: "own" } },
  { name: "v2 UNIX", bytes: v2("21 31", "2f61".padEnd(432, "0")), header: { type: "unix" } },
  { name: "v2 with fields", bytes: v2("21 11", `${V4} 01 0002 6832 04 0000 ea 0001 00`), header: client },
  {
    name: "v2, the client speaks TLS",
    bytes: v2("21 11", `${V4} 20 000f 01 00000000 21 0007 544c5376312e33`),
    header: { ...client, isTls: true },
  },
  {
    name: "v2, the client speaks no TLS",
    bytes: v2("21 11", `${V4} 20 0005 00 00000001`),
    header: { ...client, isTls: false },
  },
  {
    name: "v2 with a checksum",
    bytes: v2("21 11", `${V4} 03 0004 ede8dc83`),
    header: client,
  },
  {
    name: "v2 with as much as fits",
    bytes: v2("21 11", `${V4} ee 3ff1 ${"00".repeat(0x3ff1)}`),
    header: client,
  },
];

export const badCases: readonly BadCase[] = [
  { name: "a request", bytes: ascii("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n"), reason: /is missing/ },
  { name: "an empty line and a request", bytes: ascii("\r\nGET / HTTP/1.1\r\n\r\n"), reason: /is missing/ },
  { name: "TLS", bytes: hex("160301"), reason: /is missing/ },
  { name: "v1 in lower case", bytes: ascii("proxy TCP4 1.1.1.1 2.2.2.2 1 2\r\n"), reason: /is missing/ },
  { name: "v1 with two spaces", bytes: ascii("PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\r\n"), reason: /no line/ },
  { name: "v1 with a space behind", bytes: ascii("PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \r\n"), reason: /no line/ },
  { name: "v1 with a tab", bytes: ascii("PROXY TCP4\t1.1.1.1 2.2.2.2 1 2\r\n"), reason: /no line/ },
  { name: "v1 with a line feed alone", bytes: ascii("PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n"), reason: /no line/ },
  { name: "v1 without a protocol", bytes: ascii("PROXY \r\n"), reason: /no line/ },
  { name: "v1 of another protocol", bytes: ascii("PROXY UDP4 1.1.1.1 2.2.2.2 1 2\r\n"), reason: /no line/ },
  { name: "v1 UNKNOWNX", bytes: ascii("PROXY UNKNOWNX\r\n"), reason: /no line/ },
  { name: "v1 with one address", bytes: ascii("PROXY TCP4 1.1.1.1 1 2\r\n"), reason: /no line/ },
  { name: "v1 TCP4 with IPv6", bytes: ascii("PROXY TCP4 ::1 ::2 1 2\r\n"), reason: /none of TCP4/ },
  { name: "v1 TCP6 with IPv4", bytes: ascii("PROXY TCP6 1.1.1.1 2.2.2.2 1 2\r\n"), reason: /none of TCP6/ },
  {
    name: "v1 with a bad address",
    bytes: ascii("PROXY TCP4 1.1.1.256 2.2.2.2 1 2\r\n"),
    reason: /none of TCP4/,
  },
  {
    name: "v1 with a bad destination",
    bytes: ascii("PROXY TCP4 1.1.1.1 2.2.2 1 2\r\n"),
    reason: /none of TCP4/,
  },
  { name: "v1 with a host name", bytes: ascii("PROXY TCP4 a.test 2.2.2.2 1 2\r\n"), reason: /no line/ },
  {
    name: "v1 with a zero in front",
    bytes: ascii("PROXY TCP4 01.1.1.1 2.2.2.2 1 2\r\n"),
    reason: /none of TCP4/,
  },
  { name: "v1 with port 65536", bytes: ascii("PROXY TCP4 1.1.1.1 2.2.2.2 65536 2\r\n"), reason: /port/ },
  { name: "v1 with port 01", bytes: ascii("PROXY TCP4 1.1.1.1 2.2.2.2 1 02\r\n"), reason: /port/ },
  { name: "v1 with a negative port", bytes: ascii("PROXY TCP4 1.1.1.1 2.2.2.2 -1 2\r\n"), reason: /no line/ },
  {
    name: "v1 of 108 bytes",
    bytes: ascii(`PROXY UNKNOWN ${"x".repeat(92)}\r\n`),
    reason: /no line end within 107/,
  },
  { name: "v1 without an end", bytes: ascii(`PROXY ${"x".repeat(101)}`), reason: /no line end within 107/ },
  {
    name: "v2 with a wrong signature",
    bytes: hex(`${SIGNATURE.slice(0, -2)}0b 21 11 000c ${V4}`),
    reason: /is missing/,
  },
  { name: "v2, version 1", bytes: v2("11 11", V4), reason: /version/ },
  { name: "v2, version 3", bytes: v2("31 11", V4), reason: /version/ },
  { name: "v2, command 2", bytes: v2("22 11", V4), reason: /command/ },
  { name: "v2, family 4", bytes: v2("21 41", V4), reason: /family/ },
  { name: "v2, protocol 3", bytes: v2("21 13", V4), reason: /family/ },
  { name: "v2 TCP4, too short", bytes: v2("21 11", V4.slice(0, -3)), reason: /too short/ },
  { name: "v2 TCP6 with addresses of TCP4", bytes: v2("21 21", V4), reason: /too short/ },
  { name: "v2 UNIX, too short", bytes: v2("21 31", "00".repeat(215)), reason: /too short/ },
  { name: "v2, one byte of a field", bytes: v2("21 11", `${V4} 01`), reason: /inside a field/ },
  { name: "v2, a field without its value", bytes: v2("21 11", `${V4} 01 0002 68`), reason: /inside a field/ },
  {
    name: "v2, a field that ends elsewhere",
    bytes: v2("21 11", `${V4} 04 0000 04 ffff 00`),
    reason: /inside a field/,
  },
  { name: "v2, TLS in four bytes", bytes: v2("21 11", `${V4} 20 0004 00000000`), reason: /TLS/ },
  { name: "v2, a wrong checksum", bytes: v2("21 11", `${V4} 03 0004 ede8dc82`), reason: /wrong checksum/ },
  { name: "v2, a checksum of three bytes", bytes: v2("21 11", `${V4} 03 0003 ede8dc`), reason: /checksum/ },
  { name: "v2, too long", bytes: hex(`${SIGNATURE} 21 11 4001`), reason: /longer than 16384/ },
];
