import type { Stage } from "./worker-app.ts";

/** A way from an HTTP client to our worker, through a peer. */
export interface Way {
  /** Where the peer serves HTTP on 127.0.0.1. */
  readonly port: number;
  readonly stage: Stage;
}
