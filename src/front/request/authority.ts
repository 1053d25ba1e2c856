import { isIPv6 } from "node:net";

/** Host and port that a request is meant for. */
export interface Authority {
  /** As the client wrote it, port included: the value of HTTP_HOST. */
  readonly text: string;
  /** Without the port, IPv6 in brackets. */
  readonly host: string;
}

const NAME = /^([A-Za-z0-9_~-]+(?:\.[A-Za-z0-9_~-]+)*\.?)(?::(\d{0,5}))?$/;
const IPV6 = /^\[([0-9A-Fa-f:.]+)\](?::(\d{0,5}))?$/;

/**
 * Read a Host field, or the authority of a target in absolute form.
 *
 * Stricter than the grammar of RFC 3986: no user, no percent escape, no empty label. Whatever else may stand in a
 * name there has no meaning in DNS, and has been used to make two programs disagree about the host.
 *
 * @returns `undefined` when it is not a host with an optional port from 1 to 65 535.
 */
export function parseAuthority(text: string): Authority | undefined {
  const [, name, namePort] = NAME.exec(text) ?? [];
  if (name !== undefined) return isPort(namePort) ? { text, host: name } : undefined;
  const [, address, addressPort] = IPV6.exec(text) ?? [];
  if (address === undefined || !isIPv6(address) || !isPort(addressPort)) return undefined;
  return { text, host: `[${address}]` };
}

function isPort(text: string | undefined): boolean {
  return text === undefined || text === "" || (Number(text) >= 1 && Number(text) <= 65_535);
}
