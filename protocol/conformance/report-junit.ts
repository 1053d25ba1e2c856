import { printableBytes } from "./printable-bytes.ts";
import { byGroup, type CaseResult, type SuiteReport, standingOf } from "./report.ts";

/** The report as JUnit XML, as build servers read it: a suite per group, a broken SHOULD or MAY as skipped with its reason. */
export function junitReport(report: SuiteReport): string {
  const suites = [...byGroup(report.results)].map(([name, results]) => suiteXml(name, results));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name=${quoted(
    `uwsgi-bridge conformance ${report.suite}`,
  )}>\n${suites.join("")}</testsuites>\n`;
}

function suiteXml(name: string, results: readonly CaseResult[]): string {
  const standings = results.map(standingOf);
  const failures = standings.filter((standing) => standing === "failed").length;
  const errors = standings.filter((standing) => standing === "couldNotRun").length;
  const skipped = standings.filter((standing) => standing === "advised" || standing === "declined").length;
  return (
    `  <testsuite name=${quoted(name)} tests="${results.length}" failures="${failures}" errors="${errors}"` +
    ` skipped="${skipped}">\n${results.map(caseXml).join("")}  </testsuite>\n`
  );
}

function caseXml(result: CaseResult): string {
  const { facts, durationMs } = result;
  const head = `    <testcase classname=${quoted(facts.group)} name=${quoted(facts.id)} time="${(
    durationMs / 1000
  ).toFixed(3)}"`;
  const body = outcomeXml(result);
  return body === "" ? `${head}/>\n` : `${head}>${body}</testcase>\n`;
}

function outcomeXml(result: CaseResult): string {
  const { verdict, facts } = result;
  if (verdict.outcome === "passed") return "";
  if (verdict.outcome === "could-not-run") return `<error message=${quoted(verdict.reason)}/>`;
  const element = standingOf(result) === "failed" ? "failure" : "skipped";
  const text = `${facts.level}: ${facts.rule}; expected ${verdict.expected}; seen ${verdict.seen}; answer ${printableBytes(
    verdict.bytes,
  )}`;
  return `<${element} message=${quoted(text)}/>`;
}

/** An attribute value. Characters XML 1.0 has no way to write become a question mark. */
function quoted(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to take out
  const legal = text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "?");
  const escaped = legal.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
  return `"${escaped.replace(/[\r\n\t]/g, " ")}"`;
}
