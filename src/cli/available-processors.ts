import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";

const QUOTA_FILE = "/sys/fs/cgroup/cpu.max";

/** How many processors this process may use: those it may run on, or fewer where a container has a quota. At least 1. */
export function availableProcessors(): number {
  return Math.max(1, Math.min(availableParallelism(), quotaOf(readQuota())));
}

/** The quota of a control group in processors, rounded down: `"200000 100000"` is 2, `"max 100000"` has no limit. */
export function quotaOf(text: string): number {
  const [quota, period] = text.trim().split(" ");
  const processors = Math.floor(Number(quota) / Number(period));
  return processors >= 0 ? processors : Number.POSITIVE_INFINITY;
}

function readQuota(): string {
  try {
    return readFileSync(QUOTA_FILE, "utf8");
  } catch {
    return "max";
  }
}
