import { readdirSync, readFileSync } from "node:fs";

const MEBIBYTE_IN_KIB = 1024;

/** What a process holds, as the system tells. */
export interface Holdings {
  readonly rssMib: number;
  readonly descriptors: number;
}

/** @throws When there is no such process, or no `/proc`. */
export function holdingsOf(pid: number): Holdings {
  const [, kib = ""] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return {
    rssMib: Number(kib) / MEBIBYTE_IN_KIB,
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
  };
}

const TICK_MS = 10;

/** The time of processors that a process has had, in milliseconds. */
export function processorMsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // The name of the program, in parentheses, may hold blanks.
  const [, , , , , , , , , , , user, system] = stat.slice(stat.lastIndexOf(")") + 1).split(" ");
  return (Number(user) + Number(system)) * TICK_MS;
}
