import { isIP } from "node:net";
import { withoutMapping } from "../../net/ip-address.ts";
import { addressless, type ProxyHeader, proxyHeaderError } from "./proxy-header.ts";

/** The longest line there is, its end included. */
export const MAX_V1_BYTES = 107;

const LINE =
  /^PROXY (?:(TCP[46]) ([0-9A-Fa-f.:]+) ([0-9A-Fa-f.:]+) (\d{1,5}) (\d{1,5})|UNKNOWN(?: .*)?)\r\n$/s;

/**
 * Read a line of the PROXY protocol, version 1.
 *
 * @throws {@link ProtocolError} `UWB_ERR_PROXY_PROTOCOL`
 * @see https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt section 2.1
 */
export function parseProxyLine(line: string): ProxyHeader {
  const [whole, protocol, source = "", destination = "", sourcePort = "", destinationPort = ""] =
    LINE.exec(line) ?? [];
  if (whole === undefined) throw proxyHeaderError("is no line of version 1", line.length);
  if (protocol === undefined) return addressless("own");
  const family = protocol === "TCP4" ? 4 : 6;
  if (isIP(source) !== family || isIP(destination) !== family)
    throw proxyHeaderError(`has an address that is none of ${protocol}`, line.indexOf(source));
  if (!isPort(sourcePort) || !isPort(destinationPort))
    throw proxyHeaderError("has a port that is none", line.length);
  const sourceAddress = withoutMapping(source.toLowerCase());
  return { type: "proxied", sourceAddress, sourcePort, destinationPort, isTls: false };
}

function isPort(text: string): boolean {
  return (text === "0" || !text.startsWith("0")) && Number(text) <= 65_535;
}
