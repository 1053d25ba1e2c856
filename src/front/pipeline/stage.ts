import type { Socket } from "node:net";
import type { Visit } from "./visit.ts";

/** What a client sent that is no request, or is none that HTTP servers take. */
export interface RefusedBytes {
  readonly socket: Socket;
  readonly id: string;
  readonly status: number;
  /** Bytes of the answer. */
  readonly bytes: number;
  readonly bodyBytes: number;
  readonly method: string;
  readonly uri: string;
}

/** One step of the way that every request takes. */
export interface Stage {
  readonly name:
    | "log"
    | "validation"
    | "identity"
    | "tracing"
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
  /** Something was answered that never became a request. */
  answeredBytes?(refused: RefusedBytes): void;
  /** What it has counted since the start. */
  counts?(): Readonly<Record<string, number>>;
  /** The front closes: no request follows. */
  close?(): void;
}
