import { printableBytes, printableText } from "./printable-bytes.ts";
import {
  byGroup,
  type CaseResult,
  countResults,
  type Standing,
  type SuiteReport,
  standingOf,
} from "./report.ts";

const WORDS: Readonly<Record<Standing, string>> = {
  passed: "passed",
  failed: "**failed**",
  advised: "against a SHOULD",
  declined: "against a MAY",
  couldNotRun: "could not run",
};

/** The report as a page: the sum, then a table per group. */
export function markdownReport(report: SuiteReport): string {
  const { passed, failed, advised, declined, couldNotRun } = countResults(report.results);
  const sum = [
    `# Conformance of ${report.subject}`,
    "",
    `Suite \`${report.suite}\` ${report.version}, split ${report.split}, seed ${report.seed}.`,
    "",
    "| cases | passed | failed | against a SHOULD | against a MAY | could not run |",
    "| ---: | ---: | ---: | ---: | ---: | ---: |",
    `| ${report.results.length} | ${passed} | ${failed} | ${advised} | ${declined} | ${couldNotRun} |`,
  ];
  const groups = [...byGroup(report.results)].map(([name, results]) => groupTable(name, results));
  return `${[...sum, ...groups].join("\n")}\n`;
}

function groupTable(name: string, results: readonly CaseResult[]): string {
  const rows = results.map((result) => {
    const { facts } = result;
    return `| \`${facts.id}\` | ${facts.level} | ${cell(facts.rule)} | ${WORDS[standingOf(result)]} | ${cell(seenOf(result))} |`;
  });
  return [
    "",
    `## ${name}`,
    "",
    "| case | level | rule | result | seen |",
    "| --- | --- | --- | --- | --- |",
    ...rows,
  ].join("\n");
}

function seenOf({ verdict }: CaseResult): string {
  if (verdict.outcome === "passed") return verdict.seen;
  if (verdict.outcome === "could-not-run") return verdict.reason;
  return verdict.bytes.length === 0 ? verdict.seen : `${verdict.seen}: ${printableBytes(verdict.bytes, 80)}`;
}

function cell(text: string): string {
  return printableText(text).replaceAll("\\", "\\\\").replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
