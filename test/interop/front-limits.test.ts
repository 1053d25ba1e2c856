import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sendHttp, type WholeResponse } from "../support/http-client.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { transports } from "../support/workers.ts";
import { type FrontProgram, startFront } from "./front.ts";
import { describeWith } from "./peers.ts";
import { type PythonServer, startPython } from "./python.ts";

const APP = fileURLToPath(new URL("apps/plain.py", import.meta.url));
/** What uWSGI takes unless it is configured. */
const BUFFER_SIZE = 4096;
const MAX_VARS = 128;
const HINT = /`(?:buffer-size = 8192|max-vars = 256)` in its ini/;

describeWith(["uwsgi"], "our front before a uWSGI with its default limits", () => {
  let directory: string;
  let python: PythonServer;

  beforeAll(async () => {
    directory = await makeTempDir();
    python = await startPython(directory, ["--wsgi-file", APP]);
  });

  afterAll(async () => {
    await python.program.stop();
    await removeTempDir(directory);
  });

  /** How often uWSGI has said that it was sent too much. It says so a moment after the connection has ended. */
  const complaints = (): number => python.program.stderr.split("invalid request block size").length - 1;

  describe.each(transports)("over %s", (transport) => {
    /** Knows the limits of the server. */
    let told: FrontProgram;
    /** Does not. */
    let untold: FrontProgram;

    beforeAll(async () => {
      const to = python.addresses[transport];
      const flags = ["--max-headers", "300"];
      told = await startFront(to, [...flags, "--backend-buffer-size", String(BUFFER_SIZE)]);
      untold = await startFront(to, [...flags, "--backend-max-vars", "1000"]);
    });

    afterAll(async () => {
      await told.program.stop();
      await untold.program.stop();
    });

    test("vars of 4096 bytes are served by both, and one byte more by neither", async () => {
      const cookieBytes = BUFFER_SIZE - (await varsSizeWithoutCookie(told));
      expect((await withCookie(told, cookieBytes)).status).toBe(200);
      expect((await withCookie(told, cookieBytes + 1)).status).toBe(431);
      expect((await withCookie(untold, cookieBytes)).status).toBe(200);
      const before = complaints();
      expect((await withCookie(untold, cookieBytes + 1)).status).toBe(502);
      await expect.poll(complaints).toBe(before + 1);
    });

    test("with --backend-buffer-size a big cookie is a 431 that names the cookie and never reaches uWSGI", async () => {
      const before = complaints();
      const answer = await withCookie(told, 5000);
      expect(answer).toMatchObject({ status: 431, isWhole: true });
      expect(await told.lineAbout(answer.text)).toMatchObject({
        code: "UWB_ERR_VARS_TOO_LARGE",
        reason: expect.stringMatching(/needs 5\d\d\d bytes of vars.*4096 \(--backend-buffer-size\)/),
        biggestVars: expect.stringMatching(/^HTTP_COOKIE 5000, /),
      });
      expect(complaints()).toBe(before);
    });

    test("without it a big cookie is a 502 whose log line says what uWSGI could not say", async () => {
      const before = complaints();
      const answer = await withCookie(untold, 5000);
      expect(answer).toMatchObject({ status: 502, isWhole: true });
      expect(answer.text).toMatch(/^UWB_ERR_UPSTREAM_(CLOSED|RESET)\n/);
      expect(await untold.lineAbout(answer.text)).toMatchObject({
        hint: expect.stringMatching(HINT),
        biggestVars: expect.stringMatching(/^HTTP_COOKIE 5000, /),
      });
      await expect.poll(complaints).toBe(before + 1);
    });

    test("128 vars are served by both, the 129th is a 431 by default, and a 502 with a hint without the limit", async () => {
      const headers = MAX_VARS - (await varsCountWithoutExtras(told));
      expect((await withHeaders(told, headers)).status).toBe(200);
      expect((await withHeaders(untold, headers)).status).toBe(200);

      const refused = await withHeaders(told, headers + 1);
      expect(refused.status).toBe(431);
      expect(await told.lineAbout(refused.text)).toMatchObject({
        code: "UWB_ERR_VARS_TOO_MANY",
        reason: expect.stringMatching(/needs 129 vars, the servers take 128 \(--backend-max-vars\)/),
      });

      const broken = await withHeaders(untold, headers + 1);
      expect(broken.status).toBe(502);
      expect(await untold.lineAbout(broken.text)).toMatchObject({
        vars: 129,
        hint: expect.stringMatching(HINT),
      });
    });
  });
});

function withCookie({ port }: FrontProgram, bytes: number): Promise<WholeResponse> {
  return sendHttp(port, { headers: [["Cookie", "c".repeat(bytes)]] });
}

function withHeaders({ port }: FrontProgram, count: number): Promise<WholeResponse> {
  return sendHttp(port, { headers: Array.from({ length: count }, (_, index) => [`X-${index}`, ""]) });
}

/** Asked of the log line of a request that is too big, with a cookie of known size. */
async function varsSizeWithoutCookie(front: FrontProgram): Promise<number> {
  const answer = await withCookie(front, 5000);
  return Number((await front.lineAbout(answer.text))["varsBytes"]) - 5000;
}

async function varsCountWithoutExtras(front: FrontProgram): Promise<number> {
  const answer = await withHeaders(front, 200);
  return Number((await front.lineAbout(answer.text))["vars"]) - 200;
}
