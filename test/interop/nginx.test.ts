import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { transports } from "../support/workers.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { describeWith } from "./peers.ts";
import { environOf, requestCases } from "./request-cases.ts";
import { responseCases } from "./response-cases.ts";
import { earlyAnswerCase, uploadArrivesAsItIsSent, uploadCases } from "./upload-cases.ts";
import { type InteropWorker, startInteropWorker } from "./worker.ts";

describeWith(["nginx"], "nginx before our worker", () => {
  let directory: string;
  let worker: InteropWorker;
  let nginx: Nginx;

  beforeAll(async () => {
    directory = await makeTempDir();
    worker = await startInteropWorker(directory);
    nginx = await startNginx(directory, [worker.addresses.tcp, `unix:${worker.addresses.unix}`]);
  });

  afterAll(async () => {
    await nginx.program.stop();
    await worker.close();
    await removeTempDir(directory);
  });

  describe.each(transports)("over %s", (transport) => {
    const port = (): number => nginx.ports[transports.indexOf(transport)] ?? 0;
    const way = () => ({ port: port(), stage: worker.stage });

    requestCases(port);
    uploadCases(port);
    uploadArrivesAsItIsSent(way, "/unbuffered/receive/");
    earlyAnswerCase(port, "/unbuffered/refuse/");
    earlyAnswerCase(port);
    responseCases(way, { transport, passesResets: true, keepsConnections: true, tellsAborts: true });

    test.each([
      { target: "/a//b/../c%2Fd?", pathInfo: "/a/c/d", uri: "/a//b/../c%2Fd?", query: "" },
      { target: "/", pathInfo: "/", uri: "/", query: "" },
      { target: "/x?a=/../b", pathInfo: "/x", uri: "/x?a=/../b", query: "a=/../b" },
    ])(
      "$target arrives normalized in PATH_INFO and raw in REQUEST_URI",
      async ({ target, pathInfo, uri, query }) => {
        expect(await environOf(port(), { path: target })).toMatchObject({
          SCRIPT_NAME: "",
          PATH_INFO: pathInfo,
          REQUEST_URI: uri,
          QUERY_STRING: query,
        });
      },
    );

    test("HTTP_HOST has no port, as Debian's uwsgi_params has it, and SERVER_PORT is the real one", async () => {
      const environ = await environOf(port());
      expect(environ).toMatchObject({ SERVER_PORT: String(port()), REQUEST_SCHEME: "http" });
      expect(environ["HTTP_HOST"]).toMatch(/^127\.0\.0\.1(:\d+)?$/);
    });
  });
});
