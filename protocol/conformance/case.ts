/** How strongly a rule binds, as RFC 2119 has it. A `MAY` is told, and never counts against an implementation. */
export type Level = "MUST" | "SHOULD" | "MAY";

/** How the suite and its subject are joined. */
export type Transport = "tcp" | "unix";

/** How bytes are cut into writes: all at once, one by one, or at places drawn from the seed. */
export type Split = "whole" | "bytes" | "random";

/** What a case is, apart from running it: what `--list` and `--explain` show. */
export interface CaseFacts {
  /** `group/name`, in lower case with hyphens, as in `packet/datasize-zero`. Unique in its suite. */
  readonly id: string;
  /** The part of the id before the slash. */
  readonly group: string;
  readonly level: Level;
  /** What an implementation does that keeps the rule, in one sentence. */
  readonly rule: string;
  /** Where the rule stands, as in `protocol/README.md section 3.1` or `PEP 3333, "The start_response() Callable"`. */
  readonly source: string;
  /** What is sent, which answers are allowed, and what goes wrong without the rule. */
  readonly explain: string;
  /** Where the case makes sense. @defaultValue everywhere */
  readonly transports?: readonly Transport[];
  /** The case must not run beside others, for it counts or waits on something they would touch. @defaultValue false */
  readonly alone?: boolean;
  /** Time the case needs more than others, in milliseconds. @defaultValue 0 */
  readonly extraTimeMs?: number;
}

/** One rule, and the exchange that shows whether it is kept. */
export interface ConformanceCase<Context extends CaseContext = CaseContext> extends CaseFacts {
  /**
   * Ask the subject and judge its answer.
   *
   * What is thrown makes the case one that could not run, never one that passed or failed.
   */
  run(context: Context): Promise<Verdict>;
}

/** What the runner needs to know of a running case. Each suite adds its own means to it. */
export interface CaseContext {
  /** Aborted when the time of the case is over: whatever is open must end then. */
  readonly signal: AbortSignal;
  /** Connections on which the subject was reached. Without one a case has not passed, whatever it says. */
  readonly contacts: number;
}

/** What came of a case. */
export type Verdict = Passed | Failed | CouldNotRun;

/** The subject keeps the rule. */
export interface Passed {
  readonly outcome: "passed";
  /** What it did, in a few words: which of the allowed answers it chose. */
  readonly seen: string;
}

/** The subject was reached and breaks the rule. */
export interface Failed {
  readonly outcome: "failed";
  /** What was required. */
  readonly expected: string;
  /** What it did instead, in a few words: "200 where 400 was due", "kept the connection open". */
  readonly seen: string;
  /** The bytes it answered, as they came; empty when there were none. */
  readonly bytes: Uint8Array;
}

/** Nothing is known: no connection, or an exchange that broke before it could show anything. */
export interface CouldNotRun {
  readonly outcome: "could-not-run";
  readonly reason: string;
}

export function passed(seen: string): Passed {
  return { outcome: "passed", seen };
}

export function failed(expected: string, seen: string, bytes: Uint8Array = new Uint8Array(0)): Failed {
  return { outcome: "failed", expected, seen, bytes };
}

export function couldNotRun(reason: string): CouldNotRun {
  return { outcome: "could-not-run", reason };
}
