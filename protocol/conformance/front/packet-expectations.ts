import type { Arrival } from "./arrival.ts";
import { type Expectation, that } from "./expectation.ts";
import type { Observation } from "./observation.ts";
import { fill } from "./template.ts";

/** What a var must be: a template, absent, or whatever passes a look at all its values. */
export type VarRule =
  | string
  | undefined
  | ((values: readonly string[], seen: Observation) => string | undefined);

/** What a packet is compared with. */
export interface PacketParts {
  readonly vars?: Readonly<Record<string, VarRule>>;
  /** The request body, a template. @defaultValue not looked at */
  readonly body?: string;
}

/** The worker got the request once, with these vars and this body. */
export function packet({ vars = {}, body }: PacketParts = {}): Expectation {
  const names = Object.entries(vars).map(([name, rule]) => {
    if (rule === undefined) return `no ${name}`;
    return typeof rule === "string"
      ? `${name}=${rule.length > 60 ? `${rule.length} bytes` : rule}`
      : `a right ${name}`;
  });
  const bodyText =
    body === undefined ? [] : [body.length > 60 ? `a body of ${body.length} bytes` : `the body "${body}"`];
  const parts = [...names, ...bodyText];
  return that(parts.length === 0 ? "one packet" : `a packet with ${parts.join(", ")}`, (seen) => {
    const [arrival] = seen.arrivals;
    if (!arrival) return "no packet";
    if (seen.arrivals.length > 1) return `${seen.arrivals.length} packets for one request`;
    for (const [name, rule] of Object.entries(vars)) {
      const fault = varFault(arrival.values(name), rule, seen);
      if (fault !== undefined) return `${name}: ${fault}`;
    }
    return body === undefined ? undefined : bodyFault(arrival, fill(body, seen.values));
  });
}

/** No var has such a name. */
export function noVar(text: string, isForbidden: (name: string) => boolean): Expectation {
  return that(`no var ${text}`, ({ arrivals }) => {
    for (const [name] of arrivals[0]?.packet?.vars ?? [])
      if (isForbidden(name)) return `the var ${name} is there`;
    return undefined;
  });
}

/** The hidden request was never seen by the worker. */
export const nothingSmuggled: Expectation = that(
  "nothing of the hidden request at the worker",
  ({ smuggled }) => (smuggled.length === 0 ? undefined : "the worker got the request hidden behind it"),
);

/** A body that was broken off is not handed over as a whole one, and is not answered with a page. */
export const noWholeBody: Expectation = that(
  "no whole body at the worker and no page",
  ({ arrivals, answers }) => {
    if (arrivals.some((arrival) => arrival.packet && arrival.isBodyWhole))
      return "the worker got a whole body";
    return answers.some(({ status }) => status < 400) ? "the client got a page" : undefined;
  },
);

/** A rule for {@link PacketParts.vars}: one value, which fits. */
export function matching(pattern: RegExp): VarRule {
  return (values) => {
    if (values.length !== 1) return `${values.length} values`;
    return pattern.test(values[0] as string) ? undefined : JSON.stringify(values[0]);
  };
}

/** A rule: absent, or empty, which means the same for `CONTENT_LENGTH` and `CONTENT_TYPE`. */
export function absentOrEmpty(values: readonly string[]): string | undefined {
  return values.every((value) => value === "") ? undefined : JSON.stringify(values);
}

/** A rule: absent, empty or zero. */
export function absentOrZero(values: readonly string[]): string | undefined {
  return values.every((value) => value === "" || value === "0") ? undefined : JSON.stringify(values);
}

/** A rule: one of these values. */
export function oneOf(...choices: readonly string[]): VarRule {
  return (values, seen) => {
    const filled = choices.map((choice) => fill(choice, seen.values).toString("latin1"));
    if (values.length !== 1) return `${values.length} values`;
    return filled.includes(values[0] as string) ? undefined : JSON.stringify(values[0]);
  };
}

function varFault(values: readonly string[], rule: VarRule, seen: Observation): string | undefined {
  if (typeof rule === "function") return rule(values, seen);
  if (rule === undefined) return values.length === 0 ? undefined : `is there, ${JSON.stringify(values)}`;
  const due = fill(rule, seen.values).toString("latin1");
  if (values.length !== 1) return `${values.length} values`;
  return values[0] === due ? undefined : JSON.stringify((values[0] as string).slice(0, 120));
}

function bodyFault(arrival: Arrival, due: Buffer): string | undefined {
  if (arrival.body.equals(due)) return undefined;
  const got = arrival.body;
  return `a body of ${got.length} bytes (${JSON.stringify(got.toString("latin1", 0, 40))}), due are ${due.length}`;
}
