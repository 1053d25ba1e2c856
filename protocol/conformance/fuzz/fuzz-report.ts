import { printableBytes, printableText } from "../printable-bytes.ts";
import type { CampaignResult, Finding } from "./finding.ts";

/** A campaign as people read it. */
export function describeResult(result: CampaignResult): string {
  const { kind, seed, runs, seconds, answers, findings } = result;
  const rate = (runs / Math.max(seconds, 0.001)).toFixed(0);
  const kinds = Object.entries(answers)
    .sort(([, one], [, other]) => other - one)
    .map(([name, times]) => `${name} × ${times}`);
  return [
    `${kind}, seed ${seed}: ${runs} runs in ${seconds.toFixed(1)} s, ${rate} a second`,
    `  answers: ${kinds.join(", ") || "none"}`,
    ...findings.map(describeFinding),
    `  ${findings.length} findings`,
  ].join("\n");
}

function describeFinding({ failure, run, input, isRepeated, times }: Finding): string {
  const detail = failure.detail === "" ? "" : ` (${printableText(failure.detail)})`;
  const again = isRepeated ? "" : "; sent again on its own, nothing was wrong";
  return [
    `  FOUND ${failure.kind}: ${printableText(failure.message)}${detail}`,
    `    run ${run}, seen ${times} times${again}`,
    `    ${input.length} bytes: ${printableBytes(input)}`,
  ].join("\n");
}
