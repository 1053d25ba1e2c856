import type { CaseFacts } from "./case.ts";
import { printableBytes, printableText } from "./printable-bytes.ts";
import {
  byGroup,
  type CaseResult,
  countResults,
  type Standing,
  type SuiteReport,
  standingOf,
} from "./report.ts";

const MARKS: Readonly<Record<Standing, string>> = {
  passed: "ok  ",
  failed: "FAIL",
  advised: "warn",
  declined: "note",
  couldNotRun: "????",
};

/** What a person reads when the run is over: a line per group, the cases that did not pass, the sum. */
export function terminalReport(report: SuiteReport): string {
  const groups = byGroup(report.results);
  const width = Math.max(0, ...[...groups.keys()].map((name) => name.length));
  const lines = [
    `uwsgi-bridge conformance ${report.suite} ${report.version}: ${report.subject}, split ${report.split}` +
      (report.split === "random" ? `, seed ${report.seed}` : ""),
    "",
    ...[...groups].map(([name, results]) => `  ${name.padEnd(width)}  ${groupLine(results)}`),
    ...report.results.filter((result) => standingOf(result) !== "passed").flatMap(caseLines),
    "",
    `${sumLine(report)} in ${(report.durationMs / 1000).toFixed(1)} s`,
  ];
  return lines.join("\n");
}

/** One line per case: what `--list` prints. */
export function listCases(cases: readonly CaseFacts[]): string {
  const width = Math.max(0, ...cases.map(({ id }) => id.length));
  return cases.map(({ id, level, rule }) => `${id.padEnd(width)}  ${level.padEnd(6)}  ${rule}`).join("\n");
}

/** Everything about one case: what `--explain` prints. */
export function explainCase(facts: CaseFacts): string {
  const { id, level, rule, source, explain } = facts;
  return [
    id,
    "",
    `${level}: ${rule}`,
    `Source: ${source}`,
    "",
    ...explain.split("\n").map(printableText),
  ].join("\n");
}

function groupLine(results: readonly CaseResult[]): string {
  const passed = results.filter((result) => standingOf(result) === "passed").length;
  return `${passed} of ${results.length} passed`;
}

function caseLines(result: CaseResult): string[] {
  const { facts, verdict } = result;
  const title = `${MARKS[standingOf(result)]} ${facts.id}  ${facts.level}  ${facts.rule}`;
  if (verdict.outcome === "could-not-run") return ["", title, `     ${printableText(verdict.reason)}`];
  if (verdict.outcome === "passed") return [];
  return [
    "",
    title,
    `     expected  ${printableText(verdict.expected)}`,
    `     seen      ${printableText(verdict.seen)}`,
    `     answer    ${printableBytes(verdict.bytes)}`,
    `     source    ${facts.source}`,
  ];
}

function sumLine({ results, leftOut = [] }: SuiteReport): string {
  const counts = countResults(results);
  const parts = [`${results.length} cases`, `${counts.passed} passed`, `${counts.failed} failed`];
  if (counts.advised > 0) parts.push(`${counts.advised} against a SHOULD`);
  if (counts.declined > 0) parts.push(`${counts.declined} against a MAY`);
  if (counts.couldNotRun > 0) parts.push(`${counts.couldNotRun} could not run`);
  if (leftOut.length > 0) parts.push(`${leftOut.length} left out`);
  return parts.join(", ");
}
