import { readFileSync } from "node:fs";

/** The most memory a process ever had resident, in MB (10^6 bytes). `undefined` where there is no /proc. */
export function peakMemory(pid: number): number | undefined {
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readText(`/proc/${pid}/status`))?.[1];
  return kibibytes === undefined ? undefined : (Number(kibibytes) * 1024) / 1e6;
}

/** The same of the one among several that had the most: a single request is served by one of them, and nobody knows by which. */
export function highestPeak(pids: readonly number[]): number | undefined {
  const peaks = pids.map(peakMemory).filter((peak) => peak !== undefined);
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}

/** The processes that a process has started, oldest first. */
export function childrenOf(pid: number): number[] {
  return readText(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

function readText(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
