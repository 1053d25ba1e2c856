import type { Observation } from "./observation.ts";

/** A way a case may end. */
export interface Expectation {
  /** What is required, as part of a sentence: "200 with the body of the worker". */
  readonly text: string;
  /** Why what was seen is something else; `undefined`: it is this. */
  check(seen: Observation): string | undefined;
}

/** Any of these. */
export function either(...choices: readonly Expectation[]): Expectation {
  return {
    text: choices.map(({ text }) => text).join(", or "),
    check: (seen) => {
      const faults: string[] = [];
      for (const choice of choices) {
        const fault = choice.check(seen);
        if (fault === undefined) return undefined;
        faults.push(fault);
      }
      return [...new Set(faults)].join("; ");
    },
  };
}

/** All of these. */
export function both(...parts: readonly Expectation[]): Expectation {
  return {
    text: parts.map(({ text }) => text).join(", and "),
    check: (seen) => {
      for (const part of parts) {
        const fault = part.check(seen);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
  };
}

/** An expectation of its own. */
export function that(text: string, check: (seen: Observation) => string | undefined): Expectation {
  return { text, check };
}

/**
 * What no front may do, whatever the case is about: bytes that no client can read, an answer of somebody else, a connection out of
 * step, a packet that is none, bytes behind the announced body.
 */
export function brokenInvariant(seen: Observation): string | undefined {
  if (seen.foreignTokens.length > 0) return "the client got the answer to another request";
  if (seen.fault !== undefined) return `a client can not read the answer: ${seen.fault}`;
  if (seen.aftermath.type === "out-of-step") return seen.aftermath.why;
  for (const arrival of [...seen.arrivals, ...seen.smuggled]) {
    if (arrival.fault !== undefined) return `the worker got no packet: ${arrival.fault}`;
    if (arrival.surplusBytes > 0) return `${arrival.surplusBytes} bytes follow the body of the packet`;
  }
  return undefined;
}
