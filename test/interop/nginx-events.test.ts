import { afterAll, beforeAll, expect, test } from "vitest";
import { createWorker, type Worker } from "../../src/worker/worker.ts";
import { Channel } from "../support/channel.ts";
import { openHttp } from "../support/http-client.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { describeWith } from "./peers.ts";

describeWith(["nginx"], "server-sent events through nginx, which buffers as it does by default", () => {
  const heard = new Channel<number>();
  let directory: string;
  let worker: Worker;
  let nginx: Nginx;

  beforeAll(async () => {
    directory = await makeTempDir();
    worker = createWorker(async function* (_environ, startResponse) {
      startResponse("200 OK", [["Content-Type", "text/event-stream"]]);
      for (let count = 1; count <= 3; count += 1) {
        yield Buffer.from(`data: ${count}\n\n`);
        await heard.next();
      }
    });
    const endpoint = await worker.listen({ type: "tcp", host: "127.0.0.1", port: 0 });
    if (endpoint.type !== "tcp") throw new Error("a port was asked for");
    nginx = await startNginx(directory, [`127.0.0.1:${endpoint.port}`]);
  });

  afterAll(async () => {
    await nginx.program.stop();
    await worker.close(0);
    await removeTempDir(directory);
  });

  test("each arrives before the next is produced", async () => {
    const response = await openHttp(nginx.ports[0] ?? 0);
    for (let count = 1; count <= 3; count += 1) {
      expect((await response.nextBlock()).toString()).toBe(`data: ${count}\n\n`);
      heard.push(count);
    }
    expect((await response.rest()).isWhole).toBe(true);
  });
});
