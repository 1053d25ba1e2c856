import { crc32c } from "./crc32c.ts";
import { addressless, type ProxyHeader, proxyHeaderError } from "./proxy-header.ts";

/** Signature, version and command, family and protocol, length. */
export const V2_HEAD_BYTES = 16;
/** Most bytes behind the head: a client certificate in it has room. */
const MAX_V2_BYTES = 16_384;
const VERSION_2 = 2;
const COMMANDS = { local: 0, proxy: 1 } as const;
const IPV4 = 1;
const IPV6 = 2;
const UNIX = 3;
const STREAM = 1;
const DATAGRAM = 2;
/** Bytes of both addresses and both ports, by family. */
const ADDRESS_BYTES: readonly number[] = [0, 12, 36, 216];
const TLV_HEAD_BYTES = 3;
const TLV_CRC32C = 0x03;
const TLV_SSL = 0x20;
const CRC_BYTES = 4;
/** The client byte and the word that says whether its certificate is right. */
const SSL_BYTES = 5;
const CLIENT_SSL = 0x01;

/**
 * How many bytes a header of version 2 has.
 *
 * @param head - At least the first 16 bytes.
 * @throws {@link ProtocolError} `UWB_ERR_PROXY_PROTOCOL`
 */
export function proxyHeaderBytes(head: Buffer): number {
  if ((head[12] as number) >> 4 !== VERSION_2) throw proxyHeaderError("is of an unknown version", 12);
  const length = head.readUInt16BE(14);
  if (length > MAX_V2_BYTES) throw proxyHeaderError(`is longer than ${MAX_V2_BYTES} bytes`, 14);
  return V2_HEAD_BYTES + length;
}

/**
 * Read a header of the PROXY protocol, version 2.
 *
 * @param header - All of it.
 * @throws {@link ProtocolError} `UWB_ERR_PROXY_PROTOCOL`
 * @see https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt section 2.2
 */
export function parseProxyHeader(header: Buffer): ProxyHeader {
  const command = (header[12] as number) & 0x0f;
  if (command === COMMANDS.local) return addressless("own");
  if (command !== COMMANDS.proxy) throw proxyHeaderError("has an unknown command", 12);
  const family = (header[13] as number) >> 4;
  const transport = (header[13] as number) & 0x0f;
  if (family > UNIX || transport > DATAGRAM) throw proxyHeaderError("has an unknown family or protocol", 13);
  const addressEnd = V2_HEAD_BYTES + (ADDRESS_BYTES[family] as number);
  if (header.length < addressEnd) throw proxyHeaderError("is too short for its addresses", 14);
  // Without a family nobody can say where addresses end, and what follows them begins.
  const isTls = family !== 0 && readTlvs(header, addressEnd);
  if (transport !== STREAM) return addressless("own", isTls);
  if (family === IPV4) return proxied(header, 4, isTls);
  if (family === IPV6) return proxied(header, 16, isTls);
  return addressless(family === UNIX ? "unix" : "own", isTls);
}

function proxied(header: Buffer, addressBytes: 4 | 16, isTls: boolean): ProxyHeader {
  const ports = V2_HEAD_BYTES + 2 * addressBytes;
  const source = header.subarray(V2_HEAD_BYTES, V2_HEAD_BYTES + addressBytes);
  return {
    type: "proxied",
    sourceAddress: addressBytes === 4 ? source.join(".") : ipv6Text(source),
    sourcePort: String(header.readUInt16BE(ports)),
    destinationPort: String(header.readUInt16BE(ports + 2)),
    isTls,
  };
}

/** As RFC 5952 has it, and an IPv4 address inside as itself. */
function ipv6Text(bytes: Buffer): string {
  if (bytes.subarray(0, 12).equals(MAPPED_PREFIX)) return bytes.subarray(12).join(".");
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(2 * index).toString(16)).join(
    ":",
  );
  const [longest] = [...groups.matchAll(/(?<![^:])0(?::0)+(?![^:])/g)].sort(
    (a, b) => b[0].length - a[0].length,
  );
  if (!longest) return groups;
  const before = groups.slice(0, longest.index).replace(/:$/, "");
  const after = groups.slice(longest.index + longest[0].length).replace(/^:/, "");
  return `${before}::${after}`;
}

const MAPPED_PREFIX: Buffer = Buffer.from("00000000000000000000ffff", "hex");

/** Look through what follows the addresses. @returns Whether the client speaks TLS. */
function readTlvs(header: Buffer, start: number): boolean {
  let isTls = false;
  let at = start;
  while (at < header.length) {
    const value = at + TLV_HEAD_BYTES;
    const end = value > header.length ? value : value + header.readUInt16BE(at + 1);
    if (end > header.length) throw proxyHeaderError("ends inside a field", at);
    if (header[at] === TLV_CRC32C) checkChecksum(header, value, end);
    if (header[at] === TLV_SSL) {
      if (end - value < SSL_BYTES) throw proxyHeaderError("has a field about TLS that is too short", at);
      isTls = ((header[value] as number) & CLIENT_SSL) !== 0;
    }
    at = end;
  }
  return isTls;
}

/** The checksum is that of the whole header with zeros in its own place. */
function checkChecksum(header: Buffer, start: number, end: number): void {
  if (end - start !== CRC_BYTES) throw proxyHeaderError("has a checksum of another length", start);
  const copy = Buffer.from(header).fill(0, start, end);
  if (crc32c(copy) !== header.readUInt32BE(start)) throw proxyHeaderError("has a wrong checksum", start);
}
