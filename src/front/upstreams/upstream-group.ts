import type { UpstreamLimits } from "../../client/upstream.ts";
import type { Vars } from "../../codec/vars.ts";
import { UpstreamError } from "../../errors.ts";
import type { Deadlined, Deadlines } from "../../net/deadlines.ts";
import { bindsRequests, createBalancer } from "../balance/create-balancer.ts";
import { ServerTable } from "../balance/server-table.ts";
import { StickyCookie } from "../balance/sticky-cookie.ts";
import type { ForwardingHost } from "../forwarding-host.ts";
import { offloadRoots } from "../offload/offload-options.ts";
import type { OffloadRoots } from "../offload/offload-path.ts";
import type { FrontSettings } from "../options.ts";
import type { RetrySettings } from "./retries.ts";
import { ServerList } from "./server-list.ts";
import { ServerTurn, type TurnHost, type TurnRequest } from "./server-turn.ts";
import { SoleTurn } from "./sole-turn.ts";
import type { Turn } from "./turn.ts";
import type { ServerStats, UpstreamServer } from "./upstream-server.ts";

/** Servers that any of a set of requests may be sent to, and how. */
export class UpstreamGroup implements ForwardingHost, TurnHost {
  readonly settings: FrontSettings;
  readonly params: Vars;
  readonly deadlines: Deadlines<Deadlined>;
  readonly offloadRoots: OffloadRoots;
  readonly retries: RetrySettings;
  readonly sticky: StickyCookie | undefined;
  readonly isBound: boolean;
  readonly table: ServerTable<UpstreamServer>;
  /** Settles when it is known where names lead; `undefined`: it is. */
  ready: Promise<void> | undefined;
  readonly #list: ServerList;
  #sole: SoleTurn | undefined;
  readonly #offSeen = new Set<string>();

  constructor(settings: FrontSettings, deadlines: Deadlines<Deadlined>, limits: UpstreamLimits) {
    this.settings = settings;
    this.deadlines = deadlines;
    this.params = Object.entries(settings.params);
    this.offloadRoots = offloadRoots(settings);
    const { nextUpstream, nextUpstreamTries: maxSends, log } = settings;
    this.retries = { causes: new Set(nextUpstream), maxSends, log };
    this.sticky = settings.lb === "sticky" ? new StickyCookie(settings.stickyCookie) : undefined;
    this.isBound = bindsRequests(settings.lb);
    this.table = new ServerTable(createBalancer(settings.lb, Math.random));
    this.#list = new ServerList(settings.to, {
      deadlines,
      limits,
      rules: settings,
      log: settings.log,
      checks: settings,
      names: { resolver: settings.resolver, intervalMs: settings.resolveIntervalMs },
      onChange: (servers) => this.#setServers(servers),
    });
    this.ready = this.#list.ready?.then(() => {
      this.ready = undefined;
    });
  }

  get now(): number {
    return this.deadlines.now;
  }

  /** Whose turn it is; `undefined`: there is no server, see {@link noServer}. */
  turn(request: TurnRequest): Turn | undefined {
    if (this.#sole) return this.#sole;
    const [first] = this.table.servers;
    return first && new ServerTurn(this, request, first);
  }

  /** Why there is no server. */
  noServer(): UpstreamError {
    const { names } = this.#list;
    const why = names.length === 0 ? "none is configured" : `${names.join(", ")} could not be resolved yet`;
    return new UpstreamError("UWB_ERR_UPSTREAM_UNRESOLVED", `no server is known: ${why}`, 503);
  }

  stats(): readonly ServerStats[] {
    return this.table.servers.map((server) => server.stats());
  }

  close(): void {
    this.#list.close();
  }

  onOffloadOff(field: string): void {
    if (this.#offSeen.has(field)) return;
    this.#offSeen.add(field);
    const message =
      "a server names a file to send, and none is sent for it: no directory is configured, or it speaks HTTP; logged once";
    this.settings.log.warn({ field, flags: "--accel-root, --sendfile-root" }, message);
  }

  #setServers(servers: readonly UpstreamServer[]): void {
    this.table.servers = servers;
    const [only] = servers;
    this.#sole = only && servers.length === 1 ? new SoleTurn(only) : undefined;
  }
}
