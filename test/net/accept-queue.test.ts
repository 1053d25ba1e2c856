import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { acceptQueueLength, queueIn } from "../../src/net/accept-queue.ts";
import { openSharedSocket } from "../../src/net/shared-socket.ts";
import { anyPort } from "../support/endpoints.ts";
import { connectTo } from "../support/raw-peer.ts";

const TABLE = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4710 1 0000000000000000
   1: 0100007F:0BD7 00000000:0000 0A 00000000:0000000C 00:00000000 00000000     0        0 4711 1 0000000000000000
   2: 0100007F:0BD7 0100007F:9999 01 00000000:00000003 00:00000000 00000000     0        0 4712 1 0000000000000000
`;

async function* inPieces(text: string, size: number): AsyncGenerator<string> {
  for (let start = 0; start < text.length; start += size) yield text.slice(start, start + size);
}

test.each([1, 7, 100, 10_000])(
  "the queue of a listening socket, in pieces of %d characters",
  async (size) => {
    expect(await queueIn(inPieces(TABLE, size), "4711")).toBe(12);
    expect(await queueIn(inPieces(TABLE, size), "4710")).toBe(0);
    expect(await queueIn(inPieces(TABLE, size), "4712")).toBeUndefined();
    expect(await queueIn(inPieces(TABLE, size), "9")).toBeUndefined();
    expect(await queueIn(inPieces("", size), "9")).toBeUndefined();
  },
);

test("what follows the listening sockets is not read", async () => {
  let isOver = false;
  async function* endless(): AsyncGenerator<string> {
    try {
      yield TABLE;
      throw new Error("the first connection was seen, and yet more is read");
    } finally {
      isOver = true;
    }
  }
  expect(await queueIn(endless(), "9")).toBeUndefined();
  expect(isOver).toBe(true);
});

/** Listens, and accepts nothing. */
const LISTEN_AND_BLOCK = `require("net").createServer().listen({ fd: 3 }, () => {
  require("fs").writeSync(1, "up");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
})`;

test.runIf(process.platform === "linux")("the system tells how many connections wait", async () => {
  const shared = await openSharedSocket(anyPort);
  onTestFinished(() => shared.close());
  expect(await acceptQueueLength(shared.fd)).toBe(0);
  const child = spawn(process.execPath, ["-e", LISTEN_AND_BLOCK], {
    stdio: ["ignore", "pipe", "ignore", shared.fd],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  await once(child.stdout as Readable, "data");
  for (let count = 0; count < 3; count += 1) {
    const client = connectTo(shared.endpoint);
    onTestFinished(() => void client.destroy());
    await once(client, "connect");
  }
  expect(await acceptQueueLength(shared.fd)).toBe(3);
});
