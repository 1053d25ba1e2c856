import { readFileSync } from "node:fs";
import type { CaseFacts } from "../../protocol/conformance/case.ts";

const specification = readFileSync("protocol/README.md", "utf8");
const sections = [...specification.matchAll(/^#{2,3} (\d+(?:\.\d+)?)\.? (.+)$/gm)].map(
  ([, number = "", title = ""]) => ({ source: `protocol/README.md section ${number}`, number, title }),
);

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
    ...own.map(({ source, number, title: name }) =>
      table(`[Section ${number}](../README.md): ${name}`, source),
    ),
    ...foreign.map((source) => table(source, source)),
    "",
  ].join("\n");
}
