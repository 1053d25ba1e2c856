import type { Visit } from "./visit.ts";

/** One step of the way that every request takes. */
export interface Stage {
  readonly name:
    | "log"
    | "validation"
    | "identity"
    | "access"
    | "rate"
    | "route"
    | "static"
    | "respond"
    | "upstream";
  /**
   * A request arrives.
   *
   * @returns True: the next stage's turn. False: this stage answers it, or calls {@link Visit.pass} later.
   */
  enter(visit: Visit): boolean;
  /** A request that had entered is over, however it ended. Called once, last stage first. */
  leave?(visit: Visit): void;
  /** What it has counted since the start. */
  counts?(): Readonly<Record<string, number>>;
  /** The front closes: no request follows. */
  close?(): void;
}
