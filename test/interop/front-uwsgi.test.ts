import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ping } from "../../src/client/ping.ts";
import { openHttp, sendHttp } from "../support/http-client.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { sleep } from "../support/wait.ts";
import { transports } from "../support/workers.ts";
import { type FrontProgram, startFront } from "./front.ts";
import { describeWith } from "./peers.ts";
import { type PythonServer, startPython } from "./python.ts";
import { environOf, requestCases } from "./request-cases.ts";
import { newKey, plainResponseCases } from "./response-cases.ts";
import { earlyAnswerCase, uploadCases } from "./upload-cases.ts";

const APP = fileURLToPath(new URL("apps/plain.py", import.meta.url));
/** uWSGI's `socket-timeout`, which is 4 seconds unless configured. */
const SOCKET_TIMEOUT_S = 1;

describeWith(["uwsgi"], "our front before a real uWSGI", () => {
  let directory: string;
  let python: PythonServer;

  beforeAll(async () => {
    directory = await makeTempDir();
    const flags = ["--wsgi-file", APP, "--socket-timeout", String(SOCKET_TIMEOUT_S)];
    python = await startPython(directory, flags, { env: { STAGE: directory } });
  });

  afterAll(async () => {
    await python.program.stop();
    await removeTempDir(directory);
  });

  describe.each(transports)("over %s", (transport) => {
    let front: FrontProgram;
    let unbuffered: FrontProgram;
    const port = (): number => front.port;

    beforeAll(async () => {
      front = await startFront(python.addresses[transport]);
      unbuffered = await startFront(python.addresses[transport], ["--request-buffering", "off"]);
    });

    afterAll(async () => {
      await front.program.stop();
      await unbuffered.program.stop();
    });

    requestCases(port);
    uploadCases(port);
    earlyAnswerCase(port);
    plainResponseCases(port, { keepsConnections: true });

    describe("without request buffering", () => {
      earlyAnswerCase(() => unbuffered.port);
    });

    test("each block of a stream reaches the client before the next one is made", async () => {
      const key = newKey();
      const allow = (number: number): Promise<void> => writeFile(join(directory, `${key}-${number}`), "");
      await allow(0);
      const response = await openHttp(port(), { path: `/stream/${key}` });
      for (let number = 0; number < 4; number += 1) {
        expect((await response.nextBlock()).toString()).toBe(`${number}\n`);
        await allow(number + 1);
      }
      expect((await response.rest()).isWhole).toBe(true);
    });

    test("a client slower than uWSGI's patience is served all the same", async () => {
      async function* slowly(): AsyncGenerator<Buffer> {
        yield Buffer.from("half");
        await sleep(SOCKET_TIMEOUT_S * 1000 + 200);
        yield Buffer.from("full");
      }
      const headers: [string, string][] = [["Content-Length", "8"]];
      const answer = await sendHttp(port(), { path: "/echo/", headers, body: slowly() });
      expect(answer).toMatchObject({ status: 200, text: "halffull" });
    });

    test("an application that fails before its response is a 502 whose log line gives no false hint", async () => {
      const answer = await sendHttp(port(), { path: "/fail/" });
      expect(answer).toMatchObject({ status: 502, isWhole: true });
      const line = await front.lineAbout(answer.text);
      expect(line).toMatchObject({ code: "UWB_ERR_UPSTREAM_CLOSED", uri: "/fail/" });
      expect(line).toMatchObject({ phase: "head", hint: expect.stringMatching(/^Its log tells why/) });
    });

    test("a response that breaks off before its Content-Length is broken for the client", async () => {
      const answer = await sendHttp(port(), { path: "/break/length" });
      expect(answer).toMatchObject({ status: 200, text: "the beginning\n", isWhole: false });
    });

    test("the client can not name a var, and what it says about proxies is not believed", async () => {
      const environ = await environOf(port(), {
        headers: [
          ["X_Under", "1"],
          ["Proxy", "http://evil.test"],
          ["X-Forwarded-For", "6.6.6.6"],
          ["X-Forwarded-Proto", "https"],
        ],
      });
      expect(environ).toMatchObject({
        HTTP_X_FORWARDED_FOR: "127.0.0.1",
        HTTP_X_FORWARDED_PROTO: "http",
        "wsgi.url_scheme": "http",
      });
      expect(Object.keys(environ)).not.toContain("HTTP_PROXY");
      expect(Object.keys(environ)).not.toContain("HTTP_X_UNDER");
    });

    test("uWSGI answers our ping", async () => {
      expect(await ping(python.targets[transport])).toMatchObject({ message: "" });
    });
  });
});
