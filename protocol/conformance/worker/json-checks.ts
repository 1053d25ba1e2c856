import type { Answer } from "./answer.ts";
import { all, type Check, status } from "./checks.ts";
import { describeAnswer } from "./describe-answer.ts";

/** 200 with a body that is this JSON value. */
export function jsonIs(value: unknown): Check {
  const wanted = JSON.stringify(value);
  return all(status(200), {
    expected: `the JSON ${wanted}`,
    fault: (answer) => {
      const found = parse(answer);
      return JSON.stringify(found) === wanted ? undefined : (JSON.stringify(found) ?? describeAnswer(answer));
    },
  });
}

/** 200 with a JSON object that has these entries among others; `undefined` stands for an entry that is not there. */
export function jsonHas(entries: Readonly<Record<string, unknown>>): Check {
  return all(status(200), {
    expected: Object.entries(entries)
      .map(([name, value]) => (value === undefined ? `no ${name}` : `${name} ${shown(value)}`))
      .join(", "),
    fault: (answer) => {
      const found = parse(answer);
      if (typeof found !== "object" || found === null) return describeAnswer(answer);
      const wrong = Object.entries(entries).filter(
        ([name, value]) => JSON.stringify(Reflect.get(found, name)) !== JSON.stringify(value),
      );
      if (wrong.length === 0) return undefined;
      return wrong.map(([name]) => `${name} ${shown(Reflect.get(found, name))}`).join(", ");
    },
  });
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "absent";
  return text.length > 200 ? `of ${text.length} characters` : text;
}

function parse(answer: Answer): unknown {
  try {
    return JSON.parse(answer.body.toString());
  } catch {
    return undefined;
  }
}
