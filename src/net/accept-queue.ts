import { readFile, readlink } from "node:fs/promises";
import type { Server } from "node:net";
import { setImmediate } from "node:timers/promises";

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];
/** The state of a listening socket in these tables. */
const LISTENING = "0A";

/**
 * How many connections wait to be accepted on a listening TCP socket of this process. 0 where the system does not tell: for Unix
 * sockets, and anywhere but on Linux.
 */
export async function acceptQueueLength(fd: number): Promise<number> {
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/self/fd/${fd}`)) ?? [];
    for (const table of inode === undefined ? [] : TABLES) {
      const length = queueIn(await readFile(table, "utf8"), inode ?? "");
      if (length !== undefined) return length;
    }
  } catch {
    // No such table: nothing is known.
  }
  return 0;
}

/**
 * Go on until servers have accepted every connection that waits. What is left in the queue of a socket when its last listener closes is
 * reset, and a POST among it is lost.
 *
 * @param limitMs - Stop then in any case: the clients of a TCP port may never cease to come. @defaultValue 500
 */
export async function emptyAcceptQueue(servers: readonly Server[], limitMs = 500): Promise<void> {
  const deadline = performance.now() + limitMs;
  let accepted = 0;
  let before: number;
  const count = (): void => {
    accepted += 1;
  };
  for (const server of servers) server.on("connection", count);
  do {
    before = accepted;
    // The first may come before the loop has looked for connections, the second not. It takes one at a time.
    await setImmediate();
    await setImmediate();
  } while (accepted > before && performance.now() < deadline);
  for (const server of servers) server.off("connection", count);
}

/** The queue of a socket in a table such as `/proc/net/tcp`: for one that listens, its receive queue counts connections. */
export function queueIn(table: string, inode: string): number | undefined {
  for (const line of table.split("\n")) {
    const [, , , state, queues = "", , , , , found] = line.trim().split(/\s+/);
    if (found === inode && state === LISTENING) return Number.parseInt(queues.split(":")[1] ?? "0", 16);
  }
  return undefined;
}
