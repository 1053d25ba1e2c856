import type { Advice, AdviceRule } from "./advice-rule.ts";
import { CONNECT_ADVICE } from "./connect-advice.ts";
import type { Failure } from "./failure.ts";
import { REQUEST_ADVICE } from "./request-advice.ts";
import { RESPONSE_ADVICE } from "./response-advice.ts";

const RULES: readonly AdviceRule[] = [...CONNECT_ADVICE, ...RESPONSE_ADVICE, ...REQUEST_ADVICE];

/** What happened, and what to do about it. */
export function adviceFor(failure: Failure): Advice {
  const rule = RULES.find(({ code, when }) => code === failure.code && (when?.(failure) ?? true));
  return rule?.advise(failure) ?? { what: sentence(failure.reason), next: [] };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
