import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ping } from "../../src/client/ping.ts";
import { request } from "../../src/client/request.ts";
import type { Target } from "../../src/net/endpoint.ts";
import { freePort } from "../support/ports.ts";
import type { Program } from "../support/process.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { transports } from "../support/workers.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { describeWith } from "./peers.ts";
import { requestCases } from "./request-cases.ts";
import { responseCases } from "./response-cases.ts";
import { uploadArrivesAsItIsSent, uploadCases } from "./upload-cases.ts";
import { startUwsgi } from "./uwsgi.ts";
import { type InteropWorker, startInteropWorker } from "./worker.ts";

describeWith(["uwsgi", "nginx"], "nginx and the uWSGI fastrouter before our worker", () => {
  let directory: string;
  let worker: InteropWorker;
  let nginx: Nginx;
  const routers: { program: Program; target: Target }[] = [];

  beforeAll(async () => {
    directory = await makeTempDir();
    worker = await startInteropWorker(directory);
    const port = await freePort();
    const path = join(directory, "fastrouter.sock");
    const tcp: Target = { type: "tcp", host: "127.0.0.1", port };
    routers.push({ target: tcp, program: await startRouter(`127.0.0.1:${port}`, worker.addresses.tcp, tcp) });
    const unix: Target = { type: "unix", path };
    routers.push({ target: unix, program: await startRouter(path, worker.addresses.unix, unix) });
    nginx = await startNginx(directory, [`127.0.0.1:${port}`, `unix:${path}`]);
  });

  afterAll(async () => {
    await nginx.program.stop();
    for (const { program } of routers) await program.stop();
    await worker.close();
    await removeTempDir(directory);
  });

  describe.each(transports)("over %s", (transport) => {
    const index = transports.indexOf(transport);
    const way = () => ({ port: nginx.ports[index] ?? 0, stage: worker.stage });
    const target = (): Target => routers[index]?.target as Target;

    requestCases(() => way().port);
    uploadCases(() => way().port);
    uploadArrivesAsItIsSent(way, "/unbuffered/receive/");
    responseCases(way, { transport, passesResets: false, keepsConnections: true, tellsAborts: true });

    test("our client is answered through it", async () => {
      const response = await request(target(), {
        path: "/echo/",
        method: "POST",
        body: Buffer.from("hello"),
      });
      expect(response.status).toBe(200);
      expect(Buffer.concat(await response.body.toArray()).toString()).toBe("hello");
    });

    test("it does not pass a ping on", async () => {
      await expect(ping(target())).rejects.toMatchObject({ code: "UWB_ERR_UPSTREAM_CLOSED" });
    });
  });
});

function startRouter(address: string, worker: string, target: Target): Promise<Program> {
  return startUwsgi(
    ["--fastrouter", address, "--fastrouter-to", worker, "--chmod-socket=666"],
    [target.type === "unix" ? { path: target.path } : { host: target.host, port: target.port }],
  );
}
