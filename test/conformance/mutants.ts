import type { Mutation } from "./relay.ts";

/** A worker that is wrong in one way, and the cases that must find out. */
export interface Mutant {
  readonly name: string;
  readonly caughtBy: readonly string[];
  readonly mutation: Mutation;
  /** Time to wait for an answer. @defaultValue 3000 */
  readonly timeoutMs?: number;
}
