import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ping } from "../../src/client/ping.ts";
import type { Target } from "../../src/net/endpoint.ts";
import { formatEndpoint } from "../../src/net/endpoint.ts";
import { pieces, sendHttp } from "../support/http-client.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { transports } from "../support/workers.ts";
import { type FrontProgram, startFront } from "./front.ts";
import { environOf, requestCases } from "./request-cases.ts";
import { responseCases } from "./response-cases.ts";
import { earlyAnswerCase, uploadArrivesAsItIsSent, uploadCases } from "./upload-cases.ts";
import { type InteropWorker, startInteropWorker } from "./worker.ts";

describe("our front before our worker", () => {
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
    let front: FrontProgram;
    let unbuffered: FrontProgram;
    const port = (): number => front.port;
    const way = () => ({ port: front.port, stage: worker.stage });

    beforeAll(async () => {
      const to = formatEndpoint(worker.endpoints[transport]);
      front = await startFront(to);
      unbuffered = await startFront(to, ["--request-buffering", "off"]);
    });

    afterAll(async () => {
      await front.program.stop();
      await unbuffered.program.stop();
    });

    requestCases(port);
    uploadCases(port);
    earlyAnswerCase(port);
    responseCases(way, { transport, passesResets: true, keepsConnections: true, tellsAborts: true });

    describe("without request buffering", () => {
      uploadArrivesAsItIsSent(() => ({ port: unbuffered.port, stage: worker.stage }));
      earlyAnswerCase(() => unbuffered.port);
    });

    test("an answer that begins before the upload has ended does not stop the upload", async () => {
      const body = Buffer.alloc(2_000_000, "0123456789");
      const answer = await sendHttp(unbuffered.port, {
        path: "/duplex/",
        headers: [["Content-Length", String(body.length)]],
        body: pieces(body, 50_000),
      });
      expect(answer).toMatchObject({ status: 200, isWhole: true });
      expect(answer.body.equals(body)).toBe(true);
    });

    test("the path is decoded once and otherwise left as it is", async () => {
      expect(await environOf(port(), { path: "/a//b/../c%2Fd%252F?x=%20" })).toMatchObject({
        SCRIPT_NAME: "",
        PATH_INFO: "/a//b/../c/d%2F",
        REQUEST_URI: "/a//b/../c%2Fd%252F?x=%20",
        QUERY_STRING: "x=%20",
        SERVER_PORT: String(port()),
        HTTP_HOST: `127.0.0.1:${port()}`,
      });
    });

    test("our worker answers our ping", async () => {
      expect(await ping(worker.endpoints[transport] as Target)).toMatchObject({ message: "" });
    });
  });
});
