import { afterAll, beforeAll, describe } from "vitest";
import { createWorker, type Worker } from "../../src/worker/worker.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { webSocketEcho } from "../support/web-socket-app.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { describeWith } from "./peers.ts";
import { webSocketCases } from "./web-socket-cases.ts";

describeWith(["nginx"], "WebSockets through nginx", () => {
  let directory: string;
  let worker: Worker;
  let nginx: Nginx;

  beforeAll(async () => {
    directory = await makeTempDir();
    worker = createWorker(webSocketEcho);
    const endpoint = await worker.listen({ type: "tcp", host: "127.0.0.1", port: 0 });
    if (endpoint.type !== "tcp") throw new Error("a port was asked for");
    nginx = await startNginx(directory, [`127.0.0.1:${endpoint.port}`]);
  });

  afterAll(async () => {
    await nginx.program.stop();
    await worker.close(0);
    await removeTempDir(directory);
  });

  // nginx passes the fields that ask for an upgrade as vars, without further configuration.
  describe("with uwsgi_pass alone", () => {
    webSocketCases(() => ({ port: nginx.ports[0] ?? 0, stats: () => worker.stats() }));
  });
});
