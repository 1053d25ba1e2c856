import { isIPv6 } from "node:net";
import type { Environ } from "../../gateway/types.ts";

/** A socket that knows its request. */
export interface Described {
  environ: Environ;
}

/**
 * Properties of a socket that tell about the client, not about the front: so that `req.ip`, `req.secure` and `req.protocol` are right
 * without `trust proxy`. To be defined on a prototype whose objects are {@link Described}.
 */
export const CLIENT_FACTS: PropertyDescriptorMap = {
  remoteAddress: fact((environ) => textOf(environ.REMOTE_ADDR)),
  remotePort: fact((environ) => numberOf(environ.REMOTE_PORT)),
  remoteFamily: fact((environ) => familyOf(environ.REMOTE_ADDR)),
  localAddress: fact((environ) => textOf(environ["SERVER_ADDR"])),
  localPort: fact((environ) => numberOf(environ.SERVER_PORT)),
  encrypted: fact((environ) => environ["wsgi.url_scheme"] === "https" || undefined),
};

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
