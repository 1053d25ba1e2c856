import { readFileSync } from "node:fs";

/** Ticks of the clock in which Linux counts, per second. */
const TICKS = 100;

/** Processor time a process has used, in microseconds, the system's share included; NaN where `/proc` does not tell. */
export function cpuMicroseconds(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name, in parentheses, may hold anything; behind it the 12th and 13th fields are user and system time.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1e6;
  } catch {
    return Number.NaN;
  }
}
