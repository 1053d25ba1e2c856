import type { Vars } from "../codec/vars.ts";
import type { Deadlined, Deadlines } from "../net/deadlines.ts";
import type { OffloadRoots } from "./offload/offload-path.ts";
import type { FrontSettings } from "./options.ts";
import type { RetrySettings } from "./upstreams/retries.ts";

/** What all requests to the same servers share. */
export interface ForwardingHost {
  readonly settings: FrontSettings;
  readonly params: Vars;
  readonly deadlines: Deadlines<Deadlined>;
  readonly offloadRoots: OffloadRoots;
  readonly retries: RetrySettings;
  /** A server names a file with a field for which it has no directory. */
  onOffloadOff(field: string): void;
}
