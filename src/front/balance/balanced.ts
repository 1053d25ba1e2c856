/** What a balancer knows of a server. */
export interface Balanced {
  /** Stable over restarts and front processes, and says nothing about the address. */
  readonly id: string;
  /** Its share of the requests, in relation to that of the others. */
  readonly weight: number;
  /** The weight at present: less than {@link weight} during a slow start. */
  readonly weightNow: number;
  /** Requests that it works on. */
  readonly open: number;
  /** Owned by {@link takeTurn}: what it is owed. */
  credit: number;
}

/** What a balancer may look at. */
export interface BalancedRequest {
  readonly parsed: { readonly pathInfo: string };
  readonly client: { readonly remoteAddress: string };
}

/** Chooses a server for a request. Knows nothing of health: whoever asks leaves out the servers that are not to be chosen. */
export interface Balancer {
  /** @param candidates - At least one; the array may be another one next time. */
  pick<T extends Balanced>(candidates: readonly T[], request: BalancedRequest): T;
  /** The servers are these from now on, whether they can be chosen at present or not. */
  setServers(servers: readonly Balanced[]): void;
}
