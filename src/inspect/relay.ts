import { createServer, type Socket } from "node:net";
import { ConfigError } from "../errors.ts";
import { type Logger, silentLog } from "../log.ts";
import { logAcceptErrors } from "../net/accept-errors.ts";
import { AllowList } from "../net/allow-list.ts";
import { type Endpoint, formatEndpoint, isLoopbackHost, type Target } from "../net/endpoint.ts";
import { type Listener, type ListenOptions, listen } from "../net/listen.ts";
import { type LinkObserver, RelayLink } from "./relay-link.ts";

/** Options of {@link createRelay}. */
export interface RelayOptions {
  /** Where the connections go. */
  readonly to: Target;
  /**
   * Who may connect over TCP: addresses and CIDR ranges. The worker sees the relay as its peer, so this takes
   * the place of its own list.
   *
   * @defaultValue `["127.0.0.0/8", "::1"]`
   */
  readonly allowFrom?: readonly string[] | undefined;
  /**
   * Called for every connection.
   *
   * @param number - Counted from 1.
   * @param from - Such as `127.0.0.1:51234`; `undefined` on a Unix socket, whose clients have no address.
   */
  readonly observe: (number: number, from: string | undefined) => LinkObserver;
  /** Where failures of the relay itself are logged. @defaultValue nowhere */
  readonly log?: Logger;
}

/** Passes connections on to a worker and shows what goes by. */
export interface Relay {
  /**
   * Listen on an address. Once per relay.
   *
   * @returns The address in use, with the real port when 0 was asked for.
   * @throws {@link ConfigError} for an address that other machines can reach when `allowFrom` was not given;
   *   `UsageError` `UWB_ERR_SOCKET_IN_USE` or `UWB_ERR_LISTEN` when the system refuses.
   */
  listen(endpoint: Endpoint, options?: ListenOptions): Promise<Endpoint>;
  /** Stop accepting, and cut what is open. */
  close(): Promise<void>;
}

const LOCAL = ["127.0.0.0/8", "::1"];

/**
 * Create a relay. It listens only after {@link Relay.listen}. Bytes pass untouched, at the pace of the slower
 * side.
 */
export function createRelay(options: RelayOptions): Relay {
  const log = options.log ?? silentLog;
  const allowList = new AllowList(options.allowFrom ?? LOCAL, "allowFrom");
  const links = new Set<RelayLink>();
  let listener: Listener | undefined;
  let connections = 0;

  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, noDelay: true }, (socket) => {
    const address = socket.remoteAddress;
    if (address !== undefined && !allowList.allows(address)) {
      log.warn({ address }, "a peer that is not on the allow list was refused");
      socket.destroy();
      return;
    }
    connections += 1;
    const observer = options.observe(connections, peerOf(socket));
    const link = new RelayLink(socket, options.to, { observer, onGone: () => links.delete(link) });
    links.add(link);
  });
  logAcceptErrors(server, log);

  return {
    async listen(endpoint, listenOptions) {
      refuseOpenAddress(endpoint, options);
      listener = await listen(server, endpoint, listenOptions);
      return listener.endpoint;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const link of links) link.cut();
      await closed;
      await listener?.release();
    },
  };
}

function refuseOpenAddress(endpoint: Endpoint, { allowFrom }: RelayOptions): void {
  if (endpoint.type !== "tcp" || allowFrom !== undefined || isLoopbackHost(endpoint.host)) return;
  throw new ConfigError(
    "allowFrom",
    `${formatEndpoint(endpoint)} can be reached from other machines, and the uwsgi protocol has no authentication: ` +
      "say with allowFrom (--allow-from) which addresses may connect",
  );
}

function peerOf({ remoteAddress, remotePort }: Socket): string | undefined {
  if (remoteAddress === undefined || remotePort === undefined) return undefined;
  return formatEndpoint({ type: "tcp", host: remoteAddress, port: remotePort });
}
