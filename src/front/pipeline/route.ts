import type { RouteAnswer } from "../routes/route-answer.ts";
import type { UpstreamGroup } from "../upstreams/upstream-group.ts";

/** Where a request goes that is none for a file. */
export interface Route {
  /** The servers it may be sent to, and under which limits. */
  readonly group: UpstreamGroup;
  /** The paths it is for: see `parsePrefix`. @defaultValue every path */
  readonly prefix?: string;
  /** Answered without a server. @defaultValue none */
  readonly answer?: RouteAnswer | undefined;
  /** The servers speak HTTP; the path that stands in front of every other one. @defaultValue they speak uwsgi */
  readonly httpBase?: string | undefined;
  /** Clients may switch protocols. @defaultValue true */
  readonly upgrades?: boolean;
}
