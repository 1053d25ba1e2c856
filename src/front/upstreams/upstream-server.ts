import { Upstream, type UpstreamLimits, type UpstreamStats } from "../../client/upstream.ts";
import type { Logger } from "../../log.ts";
import type { Deadlined, Deadlines } from "../../net/deadlines.ts";
import { formatEndpoint, type Target } from "../../net/endpoint.ts";
import type { FailureKind } from "../balance/failure-kind.ts";
import {
  HEALTHY,
  type Health,
  type HealthEvent,
  type HealthRules,
  isUsable,
  nextHealth,
  warmth,
} from "../balance/health.ts";
import { serverId } from "../balance/server-id.ts";
import type { Choosable } from "../balance/server-table.ts";

/** A server, its connections and how it does. */
export interface ServerStats extends UpstreamStats {
  /** Whether it gets requests: see `docs/balancing.md`. */
  readonly state: Health["state"];
  /** Requests that failed in a row. */
  readonly fails: number;
  readonly weight: number;
  readonly isBackup: boolean;
  readonly isDraining: boolean;
}

/** What the configuration says about a server. */
export interface ServerTraits {
  readonly weight: number;
  readonly isBackup: boolean;
  readonly isDraining: boolean;
  readonly maxConnections: number | undefined;
}

/** What all servers of a group share. */
export interface ServerContext {
  readonly deadlines: Deadlines<Deadlined>;
  readonly limits: UpstreamLimits;
  readonly rules: HealthRules & { readonly slowStartMs: number };
  readonly log: Logger;
  /** It could not be connected to, or is silent. */
  onUnreachable(): void;
}

/** One of several servers. */
export class UpstreamServer implements Choosable {
  readonly id: string;
  readonly upstream: Upstream;
  weightNow: number;
  open = 0;
  credit = 0;
  readonly #context: ServerContext;
  readonly #maxConnections: number;
  #traits: ServerTraits;
  #health: Health = HEALTHY;

  /** @param isNew - It joins others that were there before it. */
  constructor(target: Target, traits: ServerTraits, context: ServerContext, isNew: boolean) {
    const { deadlines, limits } = context;
    const maxConnections = Math.min(limits.maxConnections, traits.maxConnections ?? Number.POSITIVE_INFINITY);
    this.id = serverId(formatEndpoint(target));
    this.upstream = new Upstream(target, deadlines, { ...limits, maxConnections });
    this.#maxConnections = maxConnections;
    this.weightNow = traits.weight;
    this.#context = context;
    this.#traits = traits;
    if (isNew) this.#health = { ...HEALTHY, upSinceMs: deadlines.now };
  }

  get weight(): number {
    return this.#traits.weight;
  }

  get isBackup(): boolean {
    return this.#traits.isBackup;
  }

  get isDraining(): boolean {
    return this.#traits.isDraining;
  }

  get hasRoom(): boolean {
    return this.open < this.#maxConnections;
  }

  /** Known to answer. */
  get isUp(): boolean {
    return this.#health.state === "up";
  }

  /** What is said about it has changed. */
  set traits(traits: ServerTraits) {
    this.#traits = traits;
  }

  isUsableAt(nowMs: number): boolean {
    const { rules } = this.#context;
    this.weightNow = this.weight * warmth(this.#health, nowMs, rules.slowStartMs);
    return isUsable(this.#health, nowMs, rules);
  }

  /** A request is sent to it. @returns Whether that is to show if it is up again. */
  probe(): boolean {
    if (this.isUp) return false;
    this.#happened("probed");
    return this.#health.state === "probing";
  }

  /** The request that was to show something ended without showing it. */
  unproven(): void {
    this.#happened("unproven");
  }

  answered(): void {
    if (!this.isUp) this.#happened("succeeded");
  }

  succeeded(): void {
    if (!this.isUp || this.#health.fails > 0) this.#happened("succeeded");
  }

  failed(kind: FailureKind): void {
    this.#happened("failed", kind);
    if (kind === "connect" || kind === "timeout") this.#context.onUnreachable();
  }

  /** @param reason - Why it failed; `undefined`: it passed. */
  checked(reason: string | undefined): void {
    this.#happened(reason === undefined ? "check-passed" : "check-failed", reason);
  }

  stats(): ServerStats {
    const { state, fails } = this.#health;
    const { weight, isBackup, isDraining } = this;
    return { ...this.upstream.stats(), state, fails, weight, isBackup, isDraining };
  }

  #happened(event: HealthEvent, reason?: string): void {
    const { deadlines, rules, log } = this.#context;
    const before = this.#health;
    this.#health = nextHealth(before, event, deadlines.now, rules);
    const { state, fails } = this.#health;
    if (verdict(state) === verdict(before.state)) return;
    const target = formatEndpoint(this.upstream.target);
    if (state === "up") log.info({ target }, "a server is up again");
    else if (state === "sick") log.warn({ target, reason }, "a server does not pass its health checks");
    else log.warn({ target, reason, fails }, "a server is down");
  }
}

/** Probing is a moment of being down, not worth a line. */
function verdict(state: Health["state"]): Health["state"] {
  return state === "probing" ? "down" : state;
}
