import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { transports } from "../support/workers.ts";
import { type Apache, startApache } from "./apache.ts";
import { describeWith } from "./peers.ts";
import { environOf, requestCases } from "./request-cases.ts";
import { responseCases } from "./response-cases.ts";
import { earlyAnswerCase, uploadArrivesAsItIsSent, uploadCases } from "./upload-cases.ts";
import { type InteropWorker, startInteropWorker } from "./worker.ts";

describeWith(["apache"], "Apache before our worker", () => {
  let directory: string;
  let worker: InteropWorker;
  let apache: Apache;

  beforeAll(async () => {
    directory = await makeTempDir();
    worker = await startInteropWorker(directory);
    const { tcp, unix } = worker.addresses;
    apache = await startApache(directory, [`uwsgi://${tcp}`, `unix:${unix}|uwsgi://localhost`]);
  });

  afterAll(async () => {
    await apache.program.stop("SIGTERM");
    await worker.close();
    await removeTempDir(directory);
  });

  describe.each(transports)("over %s", (transport) => {
    const port = (): number => apache.ports[transports.indexOf(transport)] ?? 0;
    const way = () => ({ port: port(), stage: worker.stage });

    requestCases(port, { cookieSeparator: ", " });
    uploadCases(port, { chunkedUpload: "411" });
    uploadArrivesAsItIsSent(way);
    earlyAnswerCase(port);
    responseCases(way, { transport, passesResets: true, keepsConnections: true, tellsAborts: false });

    test.each([
      { target: "/mount/x/y%20z?q", script: "/mount", pathInfo: "/x/y z" },
      { target: "/mount/", script: "/mount", pathInfo: "/" },
      { target: "/mountain", script: "", pathInfo: "/mountain" },
      { target: "/a//b", script: "", pathInfo: "/a/b" },
    ])(
      "$target is split into SCRIPT_NAME and PATH_INFO as ProxyPass says",
      async ({ target, script, pathInfo }) => {
        expect(await environOf(port(), { path: target })).toMatchObject({
          SCRIPT_NAME: script,
          PATH_INFO: pathInfo,
          REQUEST_URI: target,
          SERVER_PORT: String(port()),
        });
      },
    );

    test("Authorization reaches the application, which CGI would not give it", async () => {
      const environ = await environOf(port(), { headers: [["Authorization", "Bearer x"]] });
      expect(environ["HTTP_AUTHORIZATION"]).toBe("Bearer x");
    });
  });
});
