import { open, readlink } from "node:fs/promises";
import type { Server } from "node:net";
import { setImmediate } from "node:timers/promises";

const TABLES = ["/proc/net/tcp", "/proc/net/tcp6"];
/** The state of a listening socket in these tables. */
const LISTENING = "0A";
/** What the system makes up at a time: a page. */
const PIECE_BYTES = 4096;

/**
 * How many connections wait to be accepted on a listening TCP socket of this process. 0 where the system does not tell: for Unix
 * sockets, and anywhere but on Linux. Costs as much as there are listening sockets, however many connections the machine has.
 */
export async function acceptQueueLength(fd: number): Promise<number> {
  try {
    const [, inode] = /^socket:\[(\d+)\]$/.exec(await readlink(`/proc/self/fd/${fd}`)) ?? [];
    for (const table of inode === undefined ? [] : TABLES) {
      const length = await queueIn(piecesOf(table), inode ?? "");
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

/**
 * The queue of a socket in a table such as `/proc/net/tcp`: for one that listens, its receive queue counts connections. Those come first, and no
 * more is read of the table than that: the system makes up each piece when it is read, and with 50,000 connections that takes it long.
 */
export async function queueIn(pieces: AsyncIterable<string>, inode: string): Promise<number | undefined> {
  let unread = "";
  let isHeading = true;
  for await (const piece of pieces) {
    const lines = (unread + piece).split("\n");
    unread = lines.pop() ?? "";
    for (const line of lines) {
      const [, , , state, queues = "", , , , , found] = line.trim().split(/\s+/);
      if (state !== LISTENING && !isHeading) return undefined;
      if (found === inode) return Number.parseInt(queues.split(":")[1] ?? "0", 16);
      isHeading = false;
    }
  }
  return undefined;
}

async function* piecesOf(path: string): AsyncGenerator<string> {
  const file = await open(path);
  try {
    const piece = Buffer.allocUnsafe(PIECE_BYTES);
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, null);
      if (bytesRead === 0) return;
      yield piece.toString("latin1", 0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
