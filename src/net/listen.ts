import type { AddressInfo, Server } from "node:net";
import { dirname } from "node:path";
import { UsageError } from "../errors.ts";
import { DEFAULT_BACKLOG } from "./backlog.ts";
import { removeDeadSockets } from "./dead-sockets.ts";
import type { Endpoint } from "./endpoint.ts";
import { formatEndpoint } from "./endpoint.ts";
import { bindProblem, publishSocket, removeSocket, type SocketAccess, temporaryName } from "./unix-socket.ts";

/** Options of {@link listen}. */
export interface ListenOptions extends SocketAccess {
  /** Connections the system may hold before they are accepted. The system cuts it to `net.core.somaxconn`. @defaultValue 1024 */
  readonly backlog?: number;
  /**
   * Accept on this descriptor, where somebody else has bound the address and keeps it: the endpoint only says what it is.
   *
   * @see {@link openSharedSocket}
   */
  readonly fd?: number;
}

/** A server that listens, and how to give its address back. */
export interface Listener {
  /** The address in use: the port is the real one when 0 was asked for. */
  readonly endpoint: Endpoint;
  /** Remove the socket file, if there is one and it is still ours. Does not close the server. */
  release(): Promise<void>;
}

const OWNER_ONLY = 0o177;
const LAST_PRIVILEGED_PORT = 1023;

/**
 * Let a server listen.
 *
 * A Unix socket gets its mode and owner before anybody can see it; a stale file in its place is replaced, a live one is refused.
 *
 * @throws {@link UsageError} `UWB_ERR_SOCKET_IN_USE` when the address is taken, `UWB_ERR_LISTEN` when the system refuses for
 *   another reason, which is the `cause`.
 */
export async function listen(
  server: Server,
  endpoint: Endpoint,
  options: ListenOptions = {},
): Promise<Listener> {
  const backlog = options.backlog ?? DEFAULT_BACKLOG;
  if (options.fd !== undefined) {
    await bind(server, { fd: options.fd }, { endpoint, backlog });
    return { endpoint, release: nothingToRelease };
  }
  switch (endpoint.type) {
    case "fd":
      await bind(server, { fd: endpoint.fd }, { endpoint, backlog });
      return { endpoint, release: nothingToRelease };
    case "tcp": {
      await bind(server, { host: endpoint.host, port: endpoint.port }, { endpoint, backlog });
      const { port } = server.address() as AddressInfo;
      return { endpoint: { ...endpoint, port }, release: nothingToRelease };
    }
    case "unix": {
      // Node removes the path it bound when the server closes. That is the temporary one, which is gone by then: a
      // process that leaves late can not take the socket of its successor away.
      await removeDeadSockets(dirname(endpoint.path));
      const temporary = temporaryName(endpoint.path);
      // The system creates the file with the umask: nobody else gets in before the mode is set.
      const umask = process.umask(OWNER_ONLY);
      const bound = bind(server, { path: temporary }, { endpoint, backlog });
      process.umask(umask);
      await bound;
      try {
        const inode = await publishSocket(temporary, endpoint.path, options);
        return { endpoint, release: () => removeSocket(endpoint.path, inode) };
      } catch (error) {
        server.close();
        throw error;
      }
    }
  }
}

function bind(
  server: Server,
  where: object,
  { endpoint, backlog }: { readonly endpoint: Endpoint; readonly backlog: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(listenError(error, endpoint));
    server.once("error", failed);
    // As an argument, the backlog counts for descriptors as well.
    server.listen(where, backlog, () => {
      server.off("error", failed);
      resolve();
    });
  });
}

/** The error of an address that can not be listened on. */
export function listenError(error: NodeJS.ErrnoException, endpoint: Endpoint): UsageError {
  const where = formatEndpoint(endpoint);
  if (error.code === "EADDRINUSE") {
    const message = `another process listens on ${where}; stop it, or choose another address (--http; of a worker --socket)`;
    return new UsageError("UWB_ERR_SOCKET_IN_USE", message, { cause: error });
  }
  const reason = endpoint.type === "unix" ? bindProblem(error, endpoint.path) : portProblem(error, endpoint);
  return new UsageError("UWB_ERR_LISTEN", `can not listen on ${where}: ${reason}`, { cause: error });
}

function portProblem(error: NodeJS.ErrnoException, endpoint: Endpoint): string {
  if (error.code !== "EACCES" || endpoint.type !== "tcp" || endpoint.port > LAST_PRIVILEGED_PORT)
    return error.message;
  return (
    "this user may not open a port below 1024; choose a higher one, let systemd open it (--http systemd), or give the process " +
    "CAP_NET_BIND_SERVICE"
  );
}

function nothingToRelease(): Promise<void> {
  return Promise.resolve();
}
