import type { Socket } from "node:net";
import type { Logger } from "../../log.ts";
import { AddressRules } from "../../net/address-rules.ts";
import { RepeatedWarning } from "../../net/repeated-warning.ts";
import type { IdentityOptions } from "../identity/identity-options.ts";
import { clientFacts } from "../request/client-facts.ts";
import { clientKey } from "./client-key.ts";
import { type Limiter, LocalLimiter } from "./limiter.ts";
import { LIMITS, type RateOptions, rateLimits } from "./rate-options.ts";
import { RateStage } from "./rate-stage.ts";
import { SharedLimiter } from "./shared-limiter.ts";
import { ADMITTED } from "./verdict.ts";

/** What was refused because its client had its share, since the start. */
export interface ClientLimitStats {
  /** Requests answered 429. */
  readonly refusedRequests: number;
  /** Connections turned away. */
  readonly refusedConnections: number;
  /** Requests and connections that nobody judged, since the process that counts for all did not answer. */
  readonly unjudged: number;
}

/** What the limits of a front depend on. */
type ClientLimitSettings = Required<RateOptions> & Required<IdentityOptions> & { readonly log: Logger };

/** The limits per client of a front. */
export class ClientLimits {
  /** `undefined`: requests are not limited. */
  readonly stage: RateStage | undefined;
  readonly #connections: Limiter | undefined;
  readonly #settings: ClientLimitSettings;
  /** Connections of these are those of many clients. */
  readonly #proxies: AddressRules | undefined;
  readonly #warning: RepeatedWarning;
  readonly #shared: SharedLimiter[] = [];
  #refusedConnections = 0;

  constructor(settings: ClientLimitSettings) {
    const { limitRequests, limitRequestsInProgress, maxConnectionsPerClient, log } = settings;
    const { trustedProxies, proxyProtocol } = settings;
    this.#settings = settings;
    if (trustedProxies.length > 0 && proxyProtocol === "off")
      this.#proxies = new AddressRules({ allow: trustedProxies, others: "deny" });
    this.#warning = new RepeatedWarning(log, "connections are refused: a client has too many");
    if (limitRequests !== false || limitRequestsInProgress > 0) {
      const limiter = this.#limiter(LIMITS.requests, limitRequestsInProgress > 0, log);
      this.stage = new RateStage(limiter, { ipv6Prefix: settings.limitIpv6Prefix, log });
    }
    if (maxConnectionsPerClient > 0) this.#connections = this.#limiter(LIMITS.connections, true, log);
  }

  /**
   * A client has connected.
   *
   * @param onRefused - Called when it turns out later that it has too many connections.
   * @returns False: it has too many.
   */
  admits(socket: Socket, onRefused: () => void): boolean {
    if (!this.#connections) return true;
    const { remoteAddress } = clientFacts(socket);
    const key = clientKey(remoteAddress, this.#settings.limitIpv6Prefix);
    if (key === "" || this.#proxies?.allows(remoteAddress)) return true;
    const ticket = this.#connections.enter(key, () => {
      if (ticket.verdict === ADMITTED) return;
      this.#refused(key);
      onRefused();
    });
    if (ticket.verdict !== undefined && ticket.verdict !== ADMITTED) {
      this.#refused(key);
      return false;
    }
    socket.once("close", () => ticket.leave());
    return true;
  }

  stats(): ClientLimitStats {
    return {
      refusedRequests: this.stage?.refused ?? 0,
      refusedConnections: this.#refusedConnections,
      unjudged: this.#shared.reduce((sum, { unasked }) => sum + unasked, 0),
    };
  }

  close(): void {
    this.#warning.close();
    for (const limiter of this.#shared) limiter.close();
  }

  #refused(client: string): void {
    this.#refusedConnections += 1;
    const { maxConnectionsPerClient: max } = this.#settings;
    const total = this.#refusedConnections;
    this.#warning.occurred({ code: "UWB_ERR_TOO_MANY_CONNECTIONS", client, max, total });
  }

  #limiter(limit: 0 | 1, counts: boolean, log: Logger): Limiter {
    const { limitChannel } = this.#settings;
    if (limitChannel === false) return new LocalLimiter(rateLimits(this.#settings)[limit]);
    const shared = new SharedLimiter(limitChannel, { limit, counts, log });
    this.#shared.push(shared);
    return shared;
  }
}
