import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { type Deadlined, Deadlines } from "../../src/net/deadlines.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { until } from "../support/wait.ts";

class Item implements Deadlined {
  slot = -1;
  deadline: number;
  isReached = false;

  constructor(deadline: number) {
    this.deadline = deadline;
  }

  onDeadline(): void {
    this.isReached = true;
  }
}

test("after a standstill of the process, what has arrived meanwhile is not late", async () => {
  const [near, far] = await socketPair();
  const deadlines = new Deadlines<Item>(100);
  onTestFinished(() => deadlines.stop());
  const answered = new Item(deadlines.now + 100);
  const silent = new Item(deadlines.now + 100);
  for (const item of [answered, silent]) deadlines.watch(item);
  near.once("data", () => deadlines.forget(answered));
  // Behind the phase of the event loop that reads: the next one is that of the timers.
  await setImmediate();
  far.write("answer");
  standStill(300);
  await until(() => silent.isReached, "the deadline of the other is met");
  expect(answered.isReached).toBe(false);
});

function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, ms);
}

async function socketPair(): Promise<[Socket, Socket]> {
  const directory = await makeTempDir();
  onTestFinished(() => removeTempDir(directory));
  const server = createServer().listen(join(directory, "s"));
  await once(server, "listening");
  const near = connect(server.address() as string);
  const [far] = (await once(server, "connection")) as [Socket];
  onTestFinished(() => {
    near.destroy();
    far.destroy();
    server.close();
  });
  return [near, far];
}
