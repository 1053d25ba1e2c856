import { isIP } from "node:net";
import { withoutMapping } from "../../net/ip-address.ts";

/** Who is at one end of a connection, as a proxy names it. */
export type NodeName =
  | { readonly type: "address"; readonly address: string /** Empty: not told. */; readonly port: string }
  /** There is somebody, whose address is a secret or not known. */
  | { readonly type: "hidden" };

const WITH_PORT = /^([^:[\]]+|\[[^\]]*\])(?::(\d{1,5}|_[\w.-]+))?$/;
const HIDDEN = /^(?:unknown|_[\w.-]+)$/i;

/**
 * Read a name of X-Forwarded-For, or of `for` in Forwarded: an address, with a port or without, IPv6 in brackets or not, `unknown`, or a made-up
 * name that begins with an underscore.
 *
 * @returns `undefined` for anything else, a host name too.
 * @see RFC 7239 section 6
 */
export function parseNodeName(text: string): NodeName | undefined {
  if (isIP(text) === 6) return addressNode(text, "");
  const [, name = "", port = ""] = WITH_PORT.exec(text) ?? [];
  if (HIDDEN.test(name)) return { type: "hidden" };
  const isBracketed = name.startsWith("[");
  const address = isBracketed ? name.slice(1, -1) : name;
  if (isIP(address) !== (isBracketed ? 6 : 4) || Number(port) > 65_535) return undefined;
  return addressNode(address, port.startsWith("_") ? "" : port);
}

function addressNode(address: string, port: string): NodeName | undefined {
  // The zone of a link-local address means nothing on another machine.
  if (address.includes("%")) return undefined;
  return { type: "address", address: withoutMapping(address.toLowerCase()), port };
}
