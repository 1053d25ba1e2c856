import { casesOf, type Difference } from "./difference.ts";
import type { CaseRow, Column, Grid, Mark, SuiteGrid, Totals } from "./grid.ts";

const WORDS: Readonly<Record<Mark, string>> = {
  failed: "**FAIL**",
  advised: "warn",
  declined: "note",
  "could-not-run": "?",
  "left-out": "–",
  varies: "varies",
};

const SUITES = {
  worker: {
    title: "Workers",
    about: "Servers of uwsgi that run the [contract app](../protocol/contract-app/README.md)",
    cases: "worker-cases.md",
  },
  front: {
    title: "Fronts",
    about: "HTTP servers before a uwsgi server that the suite plays",
    cases: "front-cases.md",
  },
} as const;

const INTRODUCTION = `# Conformance of everybody

What implementations of the uwsgi protocol do, case by case, as the [conformance suites](../protocol/conformance/README.md) find out by
themselves. Ours are measured by the same command as all others, and what they fail stands here too.

- **FAIL**: a MUST is broken: data is lost or invented, or somebody is let in. \`warn\`: a SHOULD is broken. \`note\`: a MAY that is not done.
- \`varies\`: not the same in every round. \`?\`: the case could not run. –: the contract app can not show it. Empty: passed.
- A case is explained, with its source and its bytes, by \`npx uwsgi-bridge conformance worker --explain ID\`, or \`front\`.
- Only cases that somebody does not pass have a row. [conformance.json](conformance.json) says of each what was seen.
`;

const REPRODUCTION = `## Measuring again

    test/interop/setup      # the peers, from the packages of Debian or Ubuntu
    npm run grid            # writes this page and conformance.json
    npm run grid -- --check # writes nothing: do ours pass, and are the best known faults of others found?

\`npm run grid -- --gunicorn DIR\` asks gunicorn too; DIR is a checkout or an unpacked package of its source. \`--only nginx,ours-tcp\` asks these, and
\`--rounds 5\` asks everybody so often: what is not the same every time is marked. \`test/grid\` says how each is set up.
`;

/** The page of a grid. Nothing but the grid and the known differences decides what is on it. */
export function gridPage(grid: Grid, differences: readonly Difference[]): string {
  const measured = `Measured on ${grid.date}, with the suites of ${grid.version}.`;
  const suites = grid.suites.flatMap((suite) => suitePart(suite, differences));
  return [INTRODUCTION, measured, "", ...suites, REPRODUCTION].join("\n");
}

function suitePart(grid: SuiteGrid, differences: readonly Difference[]): readonly string[] {
  const { title, about, cases } = SUITES[grid.suite];
  const asked = Math.max(...grid.subjects.map(({ totals }) => sum(totals)));
  return [
    `## ${title}`,
    "",
    `${about}; ${asked} cases, [all of them](../protocol/conformance/${cases}).`,
    "",
    ...subjectTable(grid.subjects),
    "",
    ...totalTable(grid.subjects),
    "",
    `### ${title}: passed, by group`,
    "",
    ...groupTable(grid),
    "",
    `### ${title}: differences explained`,
    "",
    ...grid.subjects.flatMap((subject) => explained(subject, grid.cases, differences)),
    ...grid.groups.flatMap(({ group }) => caseTable(grid, title, group)),
  ];
}

function subjectTable(subjects: readonly Column[]): readonly string[] {
  return table(
    ["subject", "version", "set up as"],
    subjects.map(({ name, version, setup }) => [name, version, setup]),
  );
}

function totalTable(subjects: readonly Column[]): readonly string[] {
  const heads = ["subject", "cases", "passed", "FAIL", "warn", "note", "varies", "could not run", "left out"];
  return table(
    heads,
    subjects.map(({ name, totals }) => {
      const { passed, failed, advised, declined, varies, couldNotRun, leftOut } = totals;
      const numbers = [sum(totals), passed, failed, advised, declined, varies, couldNotRun, leftOut];
      return [name, ...numbers.map(String)];
    }),
  );
}

function groupTable({ subjects, groups }: SuiteGrid): readonly string[] {
  return table(
    ["group", ...subjects.map(({ name }) => name)],
    groups.map(({ group, results }) => [
      group,
      ...subjects.map(({ id }) => {
        const { passed, cases } = results[id] ?? { passed: 0, cases: 0 };
        return passed === cases ? `${cases}` : `${passed} of ${cases}`;
      }),
    ]),
  );
}

function explained(
  subject: Column,
  rows: readonly CaseRow[],
  differences: readonly Difference[],
): readonly string[] {
  const items = differences.flatMap((difference) => {
    const shown = casesOf(difference, subject.id, rows);
    return shown.length === 0 ? [] : [`- ${difference.what} ${examples(shown)}`];
  });
  return items.length === 0 ? [] : [`**${subject.name}**`, "", ...items, ""];
}

function examples(rows: readonly CaseRow[]): string {
  const named = rows.slice(0, 3).map(({ id }) => `\`${id}\``);
  const more = rows.length > named.length ? ` and ${rows.length - named.length} more` : "";
  return `(${named.join(", ")}${more})`;
}

function caseTable({ subjects, cases }: SuiteGrid, title: string, group: string): readonly string[] {
  const rows = cases.filter(({ id }) => id.startsWith(`${group}/`));
  if (rows.length === 0) return [];
  return [
    `### ${title}: ${group}`,
    "",
    ...table(
      ["case", "rule", ...subjects.map(({ name }) => name)],
      rows.map(({ id, level, rule, results }) => [
        `\`${id.slice(group.length + 1)}\``,
        `${level}: ${rule}`,
        ...subjects.map((subject) => {
          const result = results[subject.id];
          return result ? WORDS[result.mark] : "";
        }),
      ]),
    ),
    "",
  ];
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replaceAll("<", "&lt;")).join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)];
}

function sum(totals: Totals): number {
  return Object.values(totals).reduce((all, count: number) => all + count, 0);
}
