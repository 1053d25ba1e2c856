import { countResults, type SuiteReport } from "./report.ts";

/** The report as JSON. Bytes are hex; times are left out, so that two equal runs give equal files. */
export function jsonReport(report: SuiteReport): string {
  const { suite, subject, version, split, seed, results, leftOut = [] } = report;
  const cases = results.map(({ facts, verdict }) => ({
    id: facts.id,
    group: facts.group,
    level: facts.level,
    rule: facts.rule,
    source: facts.source,
    ...verdict,
    ...(verdict.outcome === "failed" ? { bytes: Buffer.from(verdict.bytes).toString("hex") } : {}),
  }));
  return `${JSON.stringify({ suite, subject, version, split, seed, counts: countResults(results), leftOut, cases }, null, 2)}\n`;
}
