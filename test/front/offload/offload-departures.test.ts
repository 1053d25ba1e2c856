import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../../support/endpoints.ts";
import { startFront, startScriptedWorker } from "../../support/fronts.ts";
import { openFiles } from "../../support/open-files.ts";
import { startTalker, upgradeRequest } from "../../support/tunnels.ts";
import { until } from "../../support/wait.ts";

const SIZE = 64 * 1024 * 1024;

test.runIf(process.platform === "linux")(
  "a client that wanted to switch protocols and leaves is counted once, and its file closed",
  async () => {
    const { path: home, remove } = await temporaryDirectory();
    onTestFinished(remove);
    await writeFile(join(home, "big"), "");
    await truncate(join(home, "big"), SIZE);
    const worker = await startScriptedWorker(({ socket }) =>
      socket.end("HTTP/1.1 200 OK\r\nX-Accel-Redirect: /protected/big\r\n\r\n"),
    );
    const { front, endpoint, log } = await startFront([worker.endpoint], {
      accelRoots: { "/protected": home },
    });
    const client = startTalker(endpoint, upgradeRequest("websocket"));
    await client.untilHeard("\r\n\r\n");
    client.socket.pause();
    client.socket.destroy();
    await until(() => openFiles(home).length === 0, "the file was closed");
    await new Promise((resolve) => setImmediate(resolve));
    expect(front.stats().openRequests).toBe(0);
    expect(log.codes).toEqual([]);
  },
);
