import { printableBytes } from "./printable-bytes.ts";
import { type CaseResult, type SuiteReport, standingOf } from "./report.ts";

/** The report as TAP version 13. A broken SHOULD or MAY is a TODO: told, and not counted. */
export function tapReport({ results }: SuiteReport): string {
  return `TAP version 13\n1..${results.length}\n${results.map(resultTap).join("")}`;
}

function resultTap(result: CaseResult, index: number): string {
  const { facts, verdict } = result;
  const standing = standingOf(result);
  const directive = standing === "advised" || standing === "declined" ? ` # TODO ${facts.level}` : "";
  const line = `${verdict.outcome === "passed" ? "ok" : "not ok"} ${index + 1} - ${facts.id}${directive}\n`;
  if (verdict.outcome === "passed") return line;
  const details =
    verdict.outcome === "failed"
      ? {
          rule: facts.rule,
          expected: verdict.expected,
          seen: verdict.seen,
          answer: printableBytes(verdict.bytes),
        }
      : { rule: facts.rule, reason: verdict.reason };
  const yaml = Object.entries(details).map(([key, value]) => `  ${key}: ${JSON.stringify(value)}\n`);
  return `${line}  ---\n${yaml.join("")}  ...\n`;
}
