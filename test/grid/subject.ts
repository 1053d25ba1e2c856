import type { PeerName } from "../interop/installations.ts";

/** Where a subject may put its files, and the addresses that belong to it. */
export interface Place {
  /** Its own; servers that gave up their privileges can enter it. */
  readonly directory: string;
  /** A free port of 127.0.0.1 each time. */
  port(): Promise<number>;
}

/** A subject that runs. */
export interface Running {
  /** What `conformance worker` or `conformance front` needs to find it. */
  readonly flags: readonly string[];
  stop(): Promise<void>;
}

/** An implementation in one configuration: a column of the grid. */
export interface Subject {
  /** In lower case with hyphens; the same in every run. */
  readonly id: string;
  /** Heading of its column. */
  readonly name: string;
  readonly suite: "worker" | "front";
  /** What must be installed. @defaultValue nothing but this project */
  readonly needs: readonly PeerName[];
  /** Ours must keep every MUST and SHOULD. */
  readonly isOurs: boolean;
  /** How it was set up, for people who want to see the same. */
  readonly setup: string;
  /** @returns Its version, as it says it itself. */
  version(): string;
  start(place: Place): Promise<Running>;
}
