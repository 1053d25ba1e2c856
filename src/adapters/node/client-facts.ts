import { isIPv6 } from "node:net";
import type { Environ } from "../../gateway/types.ts";

/** A socket that knows its request. */
export interface Described {
  environ: Environ;
}

/**
 * Properties of a socket that tell about the client, not about the front: so that `req.ip`, `req.secure` and `req.protocol` are right
 * without `trust proxy`. To be defined on something {@link Described}.
 */
export const CLIENT_FACTS: PropertyDescriptorMap = {
  remoteAddress: fact((environ) => textOf(environ.REMOTE_ADDR)),
  remotePort: fact((environ) => numberOf(environ.REMOTE_PORT)),
  remoteFamily: fact((environ) => familyOf(environ.REMOTE_ADDR)),
  localAddress: fact((environ) => textOf(environ["SERVER_ADDR"])),
  localPort: fact((environ) => numberOf(environ.SERVER_PORT)),
  encrypted: fact((environ) => environ["wsgi.url_scheme"] === "https" || undefined),
};

/** An end of a connection, as the sockets of Node know it. */
export interface SocketName {
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly family: string | undefined;
}

/** The client's end. */
export function clientName({ REMOTE_ADDR, REMOTE_PORT }: Environ): SocketName {
  return { address: textOf(REMOTE_ADDR), port: numberOf(REMOTE_PORT), family: familyOf(REMOTE_ADDR) };
}

/** The end that the client has connected to. */
export function serverName({ SERVER_ADDR, SERVER_PORT }: Environ): SocketName {
  const address = textOf(SERVER_ADDR);
  return { address, port: numberOf(SERVER_PORT), family: familyOf(address) };
}

function fact(read: (environ: Environ) => unknown): PropertyDescriptor {
  return {
    get(this: Described) {
      return read(this.environ);
    },
    configurable: true,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,5}$/.test(text) ? Number(text) : undefined;
}

function familyOf(address: string | undefined): string | undefined {
  if (address === undefined || address === "") return undefined;
  return isIPv6(address) ? "IPv6" : "IPv4";
}
