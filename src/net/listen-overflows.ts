import { readFile } from "node:fs/promises";

/**
 * Connections over TCP that the system has dropped since it started because an accept queue was full: those of all processes in our
 * network namespace, which in a container are ours. 0 where the system does not tell, and for Unix sockets, whose clients see it themselves.
 */
export async function listenOverflows(): Promise<number> {
  try {
    return overflowsIn(await readFile("/proc/net/netstat", "utf8"));
  } catch {
    return 0;
  }
}

/** The counter in a table such as `/proc/net/netstat`: a line of names, and one of values below it. */
export function overflowsIn(table: string): number {
  const [names = [], values = []] = table
    .split("\n")
    .filter((line) => line.startsWith("TcpExt:"))
    .map((line) => line.split(" "));
  return Number(values[names.indexOf("ListenOverflows")] ?? 0);
}
