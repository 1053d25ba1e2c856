import type { Stage } from "../support/stage.ts";

/** A way from an HTTP client to our worker, through a peer. */
export interface Way {
  /** Where the peer serves HTTP on 127.0.0.1. */
  readonly port: number;
  readonly stage: Stage;
}
