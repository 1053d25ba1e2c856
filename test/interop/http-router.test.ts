import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pieces, sendHttp } from "../support/http-client.ts";
import { freePort } from "../support/ports.ts";
import type { Program } from "../support/process.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { transports } from "../support/workers.ts";
import { describeWith } from "./peers.ts";
import { environOf, requestCases } from "./request-cases.ts";
import { responseCases } from "./response-cases.ts";
import { uploadArrivesAsItIsSent, uploadCases } from "./upload-cases.ts";
import { startUwsgi } from "./uwsgi.ts";
import { type InteropWorker, startInteropWorker } from "./worker.ts";

describeWith(["uwsgi"], "the uWSGI http router and our worker, neither told about chunks", () => {
  // The router passes the head of such a request on and drops its body: whoever waits for that body waits for ever.
  test("an upload in chunks is answered 411", async () => {
    const directory = await makeTempDir();
    const worker = await startInteropWorker(directory);
    const port = await freePort();
    const flags = ["--http", `127.0.0.1:${port}`, "--http-to", worker.addresses.tcp];
    const router = await startUwsgi(flags, [{ host: "127.0.0.1", port }]);
    const answer = await sendHttp(port, { path: "/echo/", body: pieces(Buffer.alloc(10), 5) });
    await router.stop();
    await worker.close();
    await removeTempDir(directory);
    expect(answer.status).toBe(411);
  });
});

describeWith(["uwsgi"], "the uWSGI http router before our worker", () => {
  let directory: string;
  let worker: InteropWorker;

  beforeAll(async () => {
    directory = await makeTempDir();
    worker = await startInteropWorker(directory, { chunkedInput: true });
  });

  afterAll(async () => {
    await worker.close();
    await removeTempDir(directory);
  });

  describe.each(transports)("over %s", (transport) => {
    let port: number;
    let router: Program;
    const way = () => ({ port, stage: worker.stage });

    beforeAll(async () => {
      port = await freePort();
      const address = { host: "127.0.0.1", port };
      const flags = ["--http", `127.0.0.1:${port}`, "--http-to", worker.addresses[transport]];
      router = await startUwsgi([...flags, "--http-chunked-input"], [address]);
    });

    afterAll(() => router.stop());

    requestCases(() => port, { cookieSeparator: ", " });
    uploadCases(() => port);
    uploadArrivesAsItIsSent(way);
    responseCases(way, { transport, passesResets: false, keepsConnections: false, tellsAborts: true });

    test.each([
      { target: "/a//b%2Fc?x=%20", pathInfo: "/a//b/c", query: "x=%20" },
      { target: "/a/%2e%2e/b", pathInfo: "/a/../b", query: "" },
      { target: "http://127.0.0.1/x?y", pathInfo: "/x", query: "y" },
    ])("$target is decoded, and nothing else is done to it", async ({ target, pathInfo, query }) => {
      expect(await environOf(port, { path: target })).toMatchObject({
        SCRIPT_NAME: "",
        PATH_INFO: pathInfo,
        REQUEST_URI: target,
        QUERY_STRING: query,
        SERVER_PORT: String(port),
      });
    });
  });
});
