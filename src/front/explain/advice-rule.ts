import type { Failure } from "./failure.ts";

/** What a person is told about a failure. */
export interface Advice {
  /** What happened, in one sentence. */
  readonly what: string;
  /** What to do next, the likeliest first. */
  readonly next: readonly string[];
}

/** One row: the first that fits a failure speaks about it. */
export interface AdviceRule {
  readonly code: Failure["code"];
  /** @defaultValue always */
  readonly when?: (failure: Failure) => boolean;
  readonly advise: (failure: Failure) => Advice;
}
