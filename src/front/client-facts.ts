import type { Socket } from "node:net";
import type { ClientFacts } from "./request-vars.ts";

/** Looked up once per connection: each address is a system call. */
const known = new WeakMap<Socket, ClientFacts>();

/** Who is at the other end of a client connection. */
export function clientFacts(socket: Socket): ClientFacts {
  const seen = known.get(socket);
  if (seen) return seen;
  const { remoteAddress, localAddress, destroyed } = socket;
  const facts: ClientFacts = {
    remoteAddress: withoutIpv6Prefix(remoteAddress ?? ""),
    remotePort: String(socket.remotePort ?? ""),
    localPort: String(socket.localPort ?? 80),
    scheme: "encrypted" in socket ? "https" : "http",
    // A TCP client that has reset its connection has no address any more, but our side has one still.
    isUnix: remoteAddress === undefined && localAddress === undefined && !destroyed,
  };
  known.set(socket, facts);
  return facts;
}

/** Say who is at the other end of a connection, whatever the system says. */
export function setClientFacts(socket: Socket, facts: ClientFacts): void {
  known.set(socket, facts);
}

/** `::ffff:192.0.2.1` is an IPv4 client on a socket for both families. */
function withoutIpv6Prefix(address: string): string {
  return address.startsWith("::ffff:") ? address.slice("::ffff:".length) : address;
}
