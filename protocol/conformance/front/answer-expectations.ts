import { type Expectation, that } from "./expectation.ts";
import { type HttpAnswer, valuesOf } from "./http-answer.ts";
import type { Observation } from "./observation.ts";
import { fill } from "./template.ts";

/** What a page is compared with. */
export interface PageParts {
  /** A template. @defaultValue `"{T}"` */
  readonly body?: string;
  /** Values of fields by lower-case name, a template each; `undefined`: the field must not be there. */
  readonly fields?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The worker's answer, whole. */
export function page(status: number, parts: PageParts = {}): Expectation {
  const fields = Object.entries(parts.fields ?? {}).map(([name, value]) =>
    value === undefined ? `no ${name}` : `${name}: ${String(value)}`,
  );
  const body = parts.body ?? "{T}";
  const what =
    body === "" ? "no body" : body.length > 60 ? `${body.length} bytes of body` : `the body ${body}`;
  const text = [`${status} with ${what}`, ...fields].join(", ");
  return that(text, (seen) => {
    if (seen.answers.length !== 1) return `${seen.answers.length} answers`;
    return pageFault(seen.answers[0], { status, ...parts }, seen);
  });
}

/** Several whole answers, in the order of the requests. */
export function pages(...bodies: readonly string[]): Expectation {
  return that(`${bodies.length} answers of 200 in order`, (seen) => {
    if (seen.answers.length !== bodies.length) return `${seen.answers.length} answers`;
    for (const [index, body] of bodies.entries()) {
      const fault = pageFault(seen.answers[index], { status: 200, body }, seen);
      if (fault !== undefined) return `answer ${index + 1}: ${fault}`;
    }
    return undefined;
  });
}

/** As {@link pages}; the front may end the connection behind any of them but not before the first. */
export function pagesUntilClosed(...bodies: readonly string[]): Expectation {
  return that(`${bodies.length} answers of 200 in order, or fewer and the end of the connection`, (seen) => {
    const { answers, aftermath } = seen;
    if (answers.length === 0) return "no answer";
    if (answers.length < bodies.length && aftermath.type !== "closed")
      return `${answers.length} answers on an open connection`;
    return pages(...bodies.slice(0, answers.length)).check(seen);
  });
}

function pageFault(
  answer: HttpAnswer | undefined,
  { status, body = "{T}", fields = {} }: PageParts & { readonly status: number },
  { values }: Observation,
): string | undefined {
  if (!answer) return "no answer";
  if (answer.status !== status) return `status ${answer.status}`;
  if (!answer.isComplete) return `the answer is broken off after ${answer.body.length} bytes`;
  if (!answer.body.equals(fill(body, values)))
    return `another body, of ${answer.body.length} bytes: ${JSON.stringify(answer.body.toString("latin1", 0, 60))}`;
  for (const [name, wanted] of Object.entries(fields)) {
    const due = wanted === undefined ? [] : typeof wanted === "string" ? [wanted] : wanted;
    const got = valuesOf(answer, name);
    const filled = due.map((text) => fill(text, values).toString("latin1"));
    if (JSON.stringify(got) !== JSON.stringify(filled)) return `${name} is ${JSON.stringify(got)}`;
  }
  return undefined;
}

const CLIENT_FAULTS = [400, 403, 404, 405, 408, 411, 413, 414, 415, 417, 421, 426, 431, 500, 501, 502, 505];
const GATEWAY_FAULTS = [500, 502, 503, 504];

/** The front answers by itself with one of these statuses, and the worker hears nothing. @param statuses - None: any error. */
export function refused(...statuses: readonly number[]): Expectation {
  const allowed = statuses.length === 0 ? CLIENT_FAULTS : statuses;
  const text = statuses.length === 0 ? "an error of the front" : statuses.join(" or ");
  return that(`${text} and no packet`, (seen) => errorFault(seen, allowed) ?? silenceFault(seen));
}

/** As {@link refused}; the connection ends with it. */
export function refusedAndClosed(...statuses: readonly number[]): Expectation {
  const refusal = refused(...statuses);
  return that(`${refusal.text}, and the end of the connection`, (seen) => {
    const fault = refusal.check(seen);
    if (fault !== undefined) return fault;
    return seen.aftermath.type === "closed" ? undefined : "the connection stays open";
  });
}

/** The front ends the connection without a word, and the worker hears nothing; that the front is alive was shown apart from it. */
export const dropped: Expectation = that(
  "the end of the connection without an answer and no packet",
  (seen) => {
    if (seen.answers.length > 0) return `status ${seen.answers[0]?.status}`;
    return seen.end === "open" ? "no answer" : silenceFault(seen);
  },
);

/** The front says that its worker failed. @param statuses - @defaultValue any of 500, 502, 503, 504 */
export function gatewayError(...statuses: readonly number[]): Expectation {
  const allowed = statuses.length === 0 ? GATEWAY_FAULTS : statuses;
  return that(`${allowed.join(" or ")} without the answer of the worker`, (seen) => {
    const fault = errorFault(seen, allowed);
    if (fault !== undefined) return fault;
    return seen.answers[0]?.body.includes(seen.values.tokens.T)
      ? "the error has the body of the worker"
      : undefined;
  });
}

/** The answer begins and the connection ends before it is whole: a client knows that something is missing. */
export const cutOff: Expectation = that("an answer that is visibly broken off", (seen) => {
  const [answer] = seen.answers;
  if (!answer) return seen.end === "open" ? "no answer" : "closed without an answer";
  if (answer.isComplete) return `a whole answer: ${answer.status} with ${answer.body.length} bytes`;
  return seen.end === "open" ? "the rest of the answer is missing and the connection stays open" : undefined;
});

/** The connection serves the next request. */
export const staysOpen: Expectation = that("the connection serves the next request", (seen) =>
  seen.aftermath.type === "in-step" ? undefined : "the connection was closed",
);

/** The connection ends behind the answer. */
export const closes: Expectation = that("the connection ends", (seen) =>
  seen.aftermath.type === "closed" ? undefined : "the connection stays open",
);

function errorFault({ answers, end }: Observation, allowed: readonly number[]): string | undefined {
  const [answer] = answers;
  if (!answer) return end === "open" ? "no answer" : `closed without an answer (${end})`;
  if (!allowed.includes(answer.status)) return `status ${answer.status}`;
  return answer.isComplete ? undefined : "the error page is broken off";
}

function silenceFault({ arrivals, smuggled }: Observation): string | undefined {
  if (arrivals.some(({ packet }) => packet)) return "the worker got the request";
  return smuggled.length > 0 ? "the worker got the request hidden behind it" : undefined;
}
