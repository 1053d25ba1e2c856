import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { formatEndpoint } from "../../src/net/endpoint.ts";
import { SupervisedProgram } from "../supervisor/supervised.ts";
import { sleep, until } from "../support/wait.ts";
import { startWorker } from "../support/workers.ts";

const REQUESTS = 50_000;
const GET = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";
/** Node reads 64 KiB at a time, and makes objects of all requests in them before it can be stopped: about 1800 of these. */
const MOST_BYTES = 40 * 2 ** 20;
const ONE = Buffer.alloc(1000, "x");

function rssOf(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kibibytes) * 1024;
}

test.runIf(process.platform === "linux")(
  "requests that are pipelined by a client that reads nothing are left where they are, and cost little memory",
  async () => {
    let calls = 0;
    const { endpoint } = await startWorker((_environ, startResponse) => {
      calls += 1;
      startResponse("200 OK", [["Content-Type", "text/plain"]]);
      return [ONE];
    });
    const to = formatEndpoint(endpoint);
    const args = ["-p", "1", "--to", to, "--keepalive-requests", "0"];
    const front = new SupervisedProgram(["front", "--http", "127.0.0.1:0", ...args]);
    const port = await front.httpPort();
    const [pid = 0] = front.workerPids();
    const warmUp = connect({ port, host: "127.0.0.1" });
    warmUp.write(GET.repeat(2000));
    await new Promise<void>((resolve) => {
      let seen = 0;
      warmUp.on("data", (bytes: Buffer) => {
        seen += bytes.toString("latin1").split("HTTP/1.1 200").length - 1;
        if (seen >= 1990) resolve();
      });
    });
    warmUp.destroy();
    const before = rssOf(pid);
    const served = calls;
    const client = connect({ port, host: "127.0.0.1" });
    onTestFinished(() => void client.destroy());
    client.pause();
    client.write(GET.repeat(REQUESTS));
    await until(() => calls > served, "the first is served");
    // Until it stands still: what the client does not take stops the rest.
    for (let last = -1; last !== calls; ) {
      last = calls;
      await sleep(500);
    }
    expect(calls - served).toBeLessThan(REQUESTS / 2);
    expect(rssOf(pid) - before).toBeLessThan(MOST_BYTES);
  },
  60_000,
);
