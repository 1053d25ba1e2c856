import type { Server, Socket } from "node:net";
import { withoutMapping } from "../../net/ip-address.ts";
import type { ClientFacts } from "./request-vars.ts";

const FACTS: unique symbol = Symbol("clientFacts");
type Carrier = Socket & { [FACTS]?: ClientFacts };
/** The ports of the servers that connections came from. */
const ports = new WeakMap<Server, string>();
/** What is said where there is no port, as on a Unix socket. */
const DEFAULT_PORT = "80";

/**
 * Who is at the other end of a client connection. All of its requests have the same facts, the very object: what stages find out about a client is
 * remembered by it.
 */
export function clientFacts(socket: Socket): ClientFacts {
  const carrier: Carrier = socket;
  carrier[FACTS] ??= factsOf(socket);
  return carrier[FACTS];
}

function factsOf(socket: Socket): ClientFacts {
  const { remoteAddress, destroyed } = socket;
  return {
    remoteAddress: withoutMapping(remoteAddress ?? ""),
    remotePort: String(socket.remotePort ?? ""),
    localPort: localPortOf(socket),
    scheme: "encrypted" in socket ? "https" : "http",
    // A TCP client that has reset its connection has no address any more, but our side has one still.
    isUnix: remoteAddress === undefined && socket.localAddress === undefined && !destroyed,
  };
}

/** The same for all connections of a server: asked of each, it would be a system call and an object for each. */
function localPortOf(socket: Socket): string {
  const { server } = socket as Socket & { readonly server?: Server | null };
  if (!server) return String(socket.localPort ?? DEFAULT_PORT);
  let port = ports.get(server);
  if (port === undefined) {
    port = listeningPort(server) ?? String(socket.localPort ?? DEFAULT_PORT);
    ports.set(server, port);
    // It may listen elsewhere next time.
    server.once("listening", () => ports.delete(server));
  }
  return port;
}

function listeningPort(server: Server): string | undefined {
  const address = server.address();
  return typeof address === "object" && address ? String(address.port) : undefined;
}

/** Say who is at the other end of a connection, whatever the system says. */
export function setClientFacts(socket: Socket, facts: ClientFacts): void {
  (socket as Carrier)[FACTS] = facts;
}
