import { readFileSync } from "node:fs";
import type { CaseFacts } from "../../protocol/conformance/case.ts";

const specification = readFileSync("protocol/README.md", "utf8");
const sections = [...specification.matchAll(/^#{2,3} ((\d+(?:\.\d+)?)\.? (.+))(?=\n+(.*))/gm)].map(
  ([, heading = "", number = "", title = "", firstLine = ""]) => ({
    source: `protocol/README.md section ${number}`,
    number,
    title,
    anchor: anchorOf(heading),
    firstLine,
  }),
);

/** Each section of the specification, the line under its heading, and the line that names its cases; `""` when it has none. */
export function caseLines(
  suites: readonly (readonly [name: string, cases: readonly CaseFacts[]])[],
): readonly { readonly number: string; readonly firstLine: string; readonly expected: string }[] {
  return sections.map(({ source, number, title, firstLine }) => {
    const parts = suites.flatMap(([name, cases]) => {
      const groups = new Set(cases.filter((one) => one.source === source).map(({ group }) => group));
      if (groups.size === 0) return [];
      const link = `[${name}](conformance/${name}-cases.md#${anchorOf(`Section ${number}: ${title}`)})`;
      return [`${link} ${[...groups].map((group) => `\`${group}/*\``).join(", ")}`];
    });
    return { number, firstLine, expected: parts.length === 0 ? "" : `Cases: ${parts.join("; ")}.` };
  });
}

/** The anchor that GitHub gives to a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");
}

/** Sources of cases that name a section the specification does not have. */
export function missingSources(cases: readonly CaseFacts[]): string[] {
  const own = cases.map(({ source }) => source).filter((source) => source.startsWith("protocol/"));
  return own.filter((source) => !sections.some((section) => section.source === source));
}

/** A page of all cases, by the place of their rule. */
export function casePage(title: string, cases: readonly CaseFacts[]): string {
  const sources = [...new Set(cases.map(({ source }) => source))];
  const own = sections.filter(({ source }) => sources.includes(source));
  const foreign = sources.filter((source) => !source.startsWith("protocol/")).sort();
  const table = (heading: string, wanted: string): string => {
    const rows = cases
      .filter(({ source }) => source === wanted)
      .map(({ id, level, rule }) => `| \`${id}\` | ${level} | ${rule.replaceAll("|", "\\|")} |`);
    return ["", `## ${heading}`, "", "| case | level | rule |", "| --- | --- | --- |", ...rows].join("\n");
  };
  return [
    `# ${title}`,
    "",
    `${cases.length} cases, by the place of their rule. Written by a test: change the cases, not this page.`,
    ...own.map(({ source, number, title: name, anchor }) =>
      table(`[Section ${number}](../README.md#${anchor}): ${name}`, source),
    ),
    ...foreign.map((source) => table(source, source)),
    "",
  ].join("\n");
}
