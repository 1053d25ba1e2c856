import { Upstream, type UpstreamLimits, type UpstreamStats } from "../../client/upstream.ts";
import type { Vars } from "../../codec/vars.ts";
import type { Deadlined, Deadlines } from "../../net/deadlines.ts";
import { parseTarget } from "../../net/endpoint.ts";
import type { ForwardingHost } from "../forwarding.ts";
import { offloadRoots } from "../offload-options.ts";
import type { OffloadRoots } from "../offload-path.ts";
import type { FrontSettings } from "../options.ts";
import { RoundRobin } from "../round-robin.ts";

/** Servers that any of a set of requests may be sent to, and how. */
export class UpstreamGroup implements ForwardingHost {
  readonly settings: FrontSettings;
  readonly params: Vars;
  readonly deadlines: Deadlines<Deadlined>;
  readonly offloadRoots: OffloadRoots;
  readonly #upstreams: readonly Upstream[];
  readonly #turns: RoundRobin<Upstream>;
  readonly #offSeen = new Set<string>();

  constructor(settings: FrontSettings, deadlines: Deadlines<Deadlined>, limits: UpstreamLimits) {
    this.settings = settings;
    this.deadlines = deadlines;
    this.params = Object.entries(settings.params);
    this.offloadRoots = offloadRoots(settings);
    this.#upstreams = settings.to.map((text) => new Upstream(parseTarget(text, "to"), deadlines, limits));
    this.#turns = new RoundRobin(this.#upstreams);
  }

  /** The servers to try, in this order. */
  turn(): readonly Upstream[] {
    return this.#turns.turn();
  }

  stats(): readonly UpstreamStats[] {
    return this.#upstreams.map((upstream) => upstream.stats());
  }

  close(): void {
    for (const upstream of this.#upstreams) upstream.close();
  }

  onOffloadOff(field: string): void {
    if (this.#offSeen.has(field)) return;
    this.#offSeen.add(field);
    const message = "a worker names a file to send, and no directory is configured for it; logged once";
    this.settings.log.warn({ field, flags: "--accel-root, --sendfile-root" }, message);
  }
}
