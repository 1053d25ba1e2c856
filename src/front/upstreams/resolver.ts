/** The addresses of a host. */
export interface ResolvedHost {
  /** IPv4 and IPv6. */
  readonly addresses: readonly string[];
  /** How long they may be believed; `undefined`: the source does not say. */
  readonly ttlMs: number | undefined;
}

/** A line of an SRV record. */
export interface ServiceRecord {
  readonly host: string;
  readonly port: number;
  /** The lowest is used, the others stand by. */
  readonly priority: number;
  readonly weight: number;
}

/** Finds out where names lead. Rejects when they lead nowhere, or nobody can tell. */
export interface Resolver {
  resolveHost(host: string): Promise<ResolvedHost>;
  resolveService(name: string): Promise<readonly ServiceRecord[]>;
}
