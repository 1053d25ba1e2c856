import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { transports } from "../support/workers.ts";
import { type Lighttpd, startLighttpd } from "./lighttpd.ts";
import { describeWith } from "./peers.ts";
import { environOf, requestCases } from "./request-cases.ts";
import { responseCases } from "./response-cases.ts";
import { earlyAnswerCase, uploadCases } from "./upload-cases.ts";
import { type InteropWorker, startInteropWorker } from "./worker.ts";

describeWith(["lighttpd"], "lighttpd before our worker", () => {
  let directory: string;
  let worker: InteropWorker;

  beforeAll(async () => {
    directory = await makeTempDir();
    worker = await startInteropWorker(directory);
  });

  afterAll(async () => {
    await worker.close();
    await removeTempDir(directory);
  });

  describe.each(transports)("over %s", (transport) => {
    let lighttpd: Lighttpd;
    const port = (): number => lighttpd.port;
    const way = () => ({ port: lighttpd.port, stage: worker.stage });

    beforeAll(async () => {
      lighttpd = await startLighttpd(directory, worker.endpoints[transport]);
    });

    afterAll(() => lighttpd.program.stop());

    requestCases(port, { refusesOtherThanUtf8: true });
    uploadCases(port);
    earlyAnswerCase(port);
    responseCases(way, { transport, passesResets: true, keepsConnections: true, tellsAborts: false });

    test.each([
      { target: "/a//b/../c%2Fd?x=%20", pathInfo: "/a/c/d", query: "x=%20" },
      { target: "/", pathInfo: "/", query: "" },
    ])("$target arrives as PATH_INFO, with an empty SCRIPT_NAME", async ({ target, pathInfo, query }) => {
      expect(await environOf(port(), { path: target })).toMatchObject({
        SCRIPT_NAME: "",
        PATH_INFO: pathInfo,
        REQUEST_URI: target,
        QUERY_STRING: query,
        SERVER_PORT: String(port()),
      });
    });
  });
});
