import type { Grid } from "./grid.ts";

/** A fault that the suites find in a subject, or they do not work. */
interface Finding {
  readonly what: string;
  readonly subject: string;
  readonly id: string;
  readonly seen: RegExp;
}

const CHUNK_SIZES = /another body, of 25 bytes: "f\\r\\n/;

/** What the suites must find by themselves: the worst that widespread implementations do. */
export const findings: readonly Finding[] = [
  {
    what: "Apache lets clients read the next answer as the rest of one that was cut",
    subject: "apache",
    id: "truncation/inside-a-length",
    seen: /the next answer on the connection is read in its place/,
  },
  {
    what: "Apache gives a client the second answer of a worker for its next request",
    subject: "apache",
    id: "surplus/second-answer-with-pause",
    seen: /the next request got 200 and a body that is not its own: "evil"/,
  },
  {
    what: "Apache shows chunks as text",
    subject: "apache",
    id: "response-chunks/one-chunk",
    seen: CHUNK_SIZES,
  },
  {
    what: "nginx shows chunks as text",
    subject: "nginx",
    id: "response-chunks/one-chunk",
    seen: CHUNK_SIZES,
  },
  {
    what: "nginx takes chunks that were cut for a whole page",
    subject: "nginx",
    id: "truncation/before-the-last-chunk",
    seen: /a whole answer: 200/,
  },
  {
    what: "uWSGI closes without a word when an application fails",
    subject: "uwsgi",
    id: "errors/raise-500",
    seen: /without a byte/,
  },
  {
    what: "uWSGI closes without a word on vars of more than 4096 bytes",
    subject: "uwsgi",
    id: "limits/datasize-4097",
    seen: /without a byte/,
  },
  {
    what: "uWSGI closes without a word on too many vars",
    subject: "uwsgi",
    id: "limits/vars-166",
    seen: /without a byte/,
  },
];

/** What is wrong with a grid: complaints, one a line; none when the suites, and ours, are as they should be. */
export function complaints(grid: Grid): readonly string[] {
  return [...missedFindings(grid), ...ourFaults(grid)];
}

function missedFindings({ suites }: Grid): readonly string[] {
  const rows = suites.flatMap(({ cases }) => cases);
  return findings.flatMap(({ what, subject, id, seen }) => {
    const result = rows.find((row) => row.id === id)?.results[subject];
    if (result && seen.test(result.seen ?? "")) return [];
    return [`not found: ${what}: ${id} of ${subject} is ${result ? JSON.stringify(result) : "passed"}`];
  });
}

function ourFaults({ suites }: Grid): readonly string[] {
  return suites.flatMap(({ subjects, cases }) =>
    subjects
      .filter(({ isOurs }) => isOurs)
      .flatMap(({ id: subject, name }) =>
        cases.flatMap(({ id, level, results }) => {
          const result = results[subject];
          if (!result || result.mark === "declined") return [];
          return [`${name}: ${level} ${id}: ${result.mark}, ${result.seen ?? "not always the same"}`];
        }),
      ),
  );
}
