import { readFileSync } from "node:fs";
import type { Logger } from "../log.ts";

/** Connections the system is asked to hold before they are accepted, unless told otherwise. */
export const DEFAULT_BACKLOG = 1024;
const SYSCTL = "net.core.somaxconn";

/** Longest accept queue that the system allows; `undefined` where it does not tell. */
export function longestBacklog(): number | undefined {
  try {
    return Number(readFileSync(`/proc/sys/${SYSCTL.replaceAll(".", "/")}`, "utf8"));
  } catch {
    return undefined;
  }
}

/** What the system makes of a backlog: it cuts it without a word. */
export function backlogInForce(
  requested: number = DEFAULT_BACKLOG,
  longest: number | undefined = longestBacklog(),
): number {
  return Math.min(requested, longest ?? requested);
}

/** Say it when the system cuts the backlog. */
export function warnOfCutBacklog(
  log: Logger,
  requested: number = DEFAULT_BACKLOG,
  longest: number | undefined = longestBacklog(),
): void {
  const inForce = backlogInForce(requested, longest);
  if (inForce === requested) return;
  log.warn(
    { requested, inForce, sysctl: SYSCTL },
    `the system holds ${inForce} connections until they are accepted, not ${requested} (--listen): raise ${SYSCTL}`,
  );
}
