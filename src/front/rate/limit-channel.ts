import type { Verdict } from "./verdict.ts";

/** What a process asks the one that counts for all. */
export interface LimitQuestion {
  /** Which limit: its place in {@link LimitDesk}. */
  readonly limit: number;
  /** The number of the first request; those that follow have the next ones. */
  readonly first: number;
  /** The client of each. */
  readonly keys: readonly string[];
  /** Numbers of requests that are over, these among them or earlier ones. */
  readonly over: readonly number[];
}

/** The verdicts on the requests of one question, in order. */
export interface LimitAnswer {
  readonly limit: number;
  readonly first: number;
  readonly verdicts: readonly Verdict[];
}

/** The way to the process that counts for all. Questions arrive in order. */
export interface LimitChannel {
  /** @returns False: nobody is there any more. */
  ask(question: LimitQuestion): boolean;
  onAnswer(listener: (answer: LimitAnswer) => void): void;
}
