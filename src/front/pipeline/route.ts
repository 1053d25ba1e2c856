import type { UpstreamGroup } from "../upstreams/upstream-group.ts";

/** Where a request goes that is none for a file. */
export interface Route {
  /** The servers it may be sent to, and under which limits. */
  readonly group: UpstreamGroup;
}
