import type { Answer } from "./answer.ts";
import { describeAnswer } from "./describe-answer.ts";

/** What an answer must be like. */
export interface Check {
  /** In words, to follow "expected". */
  readonly expected: string;
  /** What is wrong with this answer; undefined when nothing is. */
  fault(answer: Answer): string | undefined;
}

/** A check from a condition; without words of its own a fault is the answer, described. */
export function check(
  expected: string,
  holds: (answer: Answer) => boolean,
  fault: (answer: Answer) => string = describeAnswer,
): Check {
  return { expected, fault: (answer) => (holds(answer) ? undefined : fault(answer)) };
}

/** Every one of these. */
export function all(...checks: readonly Check[]): Check {
  return {
    expected: checks.map(({ expected }) => expected).join("; "),
    fault: (answer) => {
      for (const one of checks) {
        const fault = one.fault(answer);
        if (fault !== undefined) return fault;
      }
      return undefined;
    },
  };
}

/** At least one of these: where the protocol leaves a choice. */
export function either(...checks: readonly Check[]): Check {
  return check(checks.map(({ expected }) => expected).join(", or "), (answer) =>
    checks.some((one) => one.fault(answer) === undefined),
  );
}

/** A response with this status. */
export function status(code: number): Check {
  return check(`status ${code}`, (answer) => answer.hasHead && answer.status === code);
}

/** 200 with exactly this body. */
export function ok(body: string): Check {
  return all(status(200), bodyIs(body));
}

export function bodyIs(body: string): Check {
  const shown = body.length > 60 ? `${body.length} bytes` : JSON.stringify(body);
  return check(`the body ${shown}`, (answer) => answer.text === body);
}

export function bodyLength(length: number): Check {
  return check(
    `a body of ${length} bytes`,
    (answer) => answer.body.length === length,
    (answer) => `a body of ${answer.body.length} bytes`,
  );
}

/** Exactly these bytes behind the head, with whatever coding they have. */
export function rawBodyIs(body: string): Check {
  return check(
    `exactly ${JSON.stringify(body)} behind the head`,
    (answer) => answer.rawBody.toString("latin1") === body,
    (answer) =>
      answer.isEmpty
        ? describeAnswer(answer)
        : `${JSON.stringify(answer.rawBody.toString("latin1", 0, 60))} behind the head`,
  );
}

/** Nothing behind the head. */
export const noBody: Check = check(
  "no byte behind the head",
  (answer) => answer.hasHead && answer.rawBody.length === 0,
  (answer) => (answer.hasHead ? `${answer.rawBody.length} bytes behind the head` : describeAnswer(answer)),
);

/** A field with this value, once. */
export function field(name: string, value: string): Check {
  return check(
    `${name}: ${value.length > 60 ? `${value.length} bytes` : JSON.stringify(value)}`,
    (answer) => answer.allFields(name).length === 1 && answer.field(name) === value,
    (answer) => fieldFault(answer, name),
  );
}

export function noField(name: string): Check {
  return check(
    `no ${name}`,
    (answer) => answer.hasHead && answer.field(name) === undefined,
    (answer) => fieldFault(answer, name),
  );
}

function fieldFault(answer: Answer, name: string): string {
  if (!answer.hasHead) return describeAnswer(answer);
  const values = answer.allFields(name);
  return values.length === 0
    ? `no ${name}`
    : values.map((value) => `${name}: ${JSON.stringify(value)}`).join(", ");
}

/** An error response, whole. */
export function errorStatus(from: number, to: number): Check {
  return check(
    from === to ? `status ${from}` : `a status from ${from} to ${to}`,
    ({ hasHead, status: code = 0 }) => hasHead && code >= from && code <= to,
  );
}

/** Closed without a byte. */
export const closedSilently: Check = check(
  "the connection closed without a byte",
  (answer) => answer.isEmpty && (answer.ending === "fin" || answer.ending === "reset"),
);

/** The packet is not served: an error status, or a close without a byte. */
export const refused: Check = either(errorStatus(400, 599), closedSilently);

/** Not an answer at all: the body was cut short in a way the reader can see. */
export const visiblyCut: Check = check(
  "a body that is visibly cut: short of its Content-Length, or a reset",
  (answer) => {
    const length = answer.field("Content-Length");
    if (length !== undefined && answer.rawBody.length < Number(length)) return answer.ending !== "open";
    return answer.ending === "reset" || (answer.isChunked && !answer.isWhole("GET"));
  },
  (answer) => `${describeAnswer(answer)}, then an orderly end`,
);

/** The worker closed the connection by itself. */
export const closes: Check = check(
  "the connection closed by the worker",
  (answer) => answer.ending === "fin" || answer.ending === "reset",
  (answer) => `${describeAnswer(answer)}, and the connection left open`,
);

export const closesInOrder: Check = check(
  "an orderly close",
  (answer) => answer.ending === "fin",
  (answer) => `${describeAnswer(answer)}, then ${answer.ending === "reset" ? "a reset" : "no close"}`,
);
