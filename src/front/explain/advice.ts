import type { Advice, AdviceRule } from "./advice-rule.ts";
import { CONNECT_ADVICE } from "./connect-advice.ts";
import type { Failure } from "./failure.ts";
import { REQUEST_ADVICE } from "./request-advice.ts";
import { RESPONSE_ADVICE } from "./response-advice.ts";

const RULES: readonly AdviceRule[] = [...CONNECT_ADVICE, ...RESPONSE_ADVICE, ...REQUEST_ADVICE];

/** What happened, and what to do about it. */
export function adviceFor(failure: Failure): Advice {
  // What is sent to an HTTP server are no vars, and nothing that is said about uwsgi is for it.
  const known = failure.isHttp ? { ...failure, vars: 0, varsBytes: 0, speech: undefined } : failure;
  const rule = RULES.find(({ code, when }) => code === known.code && (when?.(known) ?? true));
  const { what, next } = rule?.advise(known) ?? { what: sentence(known.reason), next: [] };
  return { what, next: failure.isHttp ? next.filter((step) => !/uwsgi/i.test(step)) : next };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
