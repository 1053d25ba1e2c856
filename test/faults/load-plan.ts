/** What a load is made of. */
export interface LoadPlan {
  readonly port: number;
  /** Connections that are kept, each with one request at a time. */
  readonly clients: number;
  /** How many of a hundred requests are a POST. @defaultValue 30 */
  readonly postPercent?: number;
  /** How many of a hundred requests are left before their answer. @defaultValue 0 */
  readonly abortPercent?: number;
  /** How many of a hundred requests are a POST of {@link uploadBytes}, token and a line feed first. @defaultValue 0 */
  readonly uploadPercent?: number;
  /** @defaultValue 0 */
  readonly uploadBytes?: number;
  /** Pauses after each request, given to the clients in turn. @defaultValue none */
  readonly pausesMs?: readonly number[];
  /** Pause of every client after a request that failed. @defaultValue 5 */
  readonly failurePauseMs?: number;
  /** Begin the tokens with this. @defaultValue `"t"` */
  readonly prefix?: string;
}

/** What became of the requests of a load. */
export interface LoadTotals {
  readonly requests: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** Connections that broke or ended while an answer was awaited. */
  readonly socketErrors: number;
  /** Failed requests that were no POST. */
  readonly failedGets: number;
  /** Requests that were left on purpose. */
  readonly left: number;
  /** Answers that were whole and not those of their requests. */
  readonly strangers: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Longest time in which no request was answered 200. */
  readonly longestGapMs: number;
  /** From each mark to the next 200, in milliseconds. */
  readonly afterMarksMs: readonly number[];
  /** Waits for an answer other than 200: that in the middle, and the longest. */
  readonly refusalMs: number;
  readonly slowestRefusalMs: number;
  /** When the first 200 after the last failure came, in milliseconds since the epoch. */
  readonly recoveredAt: number;
  /** Each POST that was answered 200. */
  readonly posted: readonly string[];
  /** Each POST that was sent, whatever became of it. */
  readonly attempted: readonly string[];
  /** The first failures, in words. */
  readonly failures: readonly string[];
}

/** What the load's process hears. */
export type LoadOrder =
  | { readonly type: "start"; readonly plan: LoadPlan }
  | { readonly type: "mark" }
  | { readonly type: "stop" };

/** What it says. */
export type LoadWord =
  | { readonly type: "progress"; readonly requests: number }
  | { readonly type: "totals"; readonly totals: LoadTotals };
