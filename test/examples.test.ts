import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startHttpCli } from "./support/cli-program.ts";
import { sha256 } from "./support/digest.ts";
import { openHttp, pieces, sendHttp } from "./support/http-client.ts";
import type { Program } from "./support/process.ts";

const MEBIBYTE = 1024 * 1024;

// Each example is served as its reader would serve it: `uwsgi-bridge serve examples/NAME.ts`.
describe.each(["hello", "stream", "upload"] as const)("examples/%s.ts", (name) => {
  let port: number;
  let program: Program;

  beforeAll(async () => {
    const file = fileURLToPath(new URL(`../examples/${name}.ts`, import.meta.url));
    ({ port, program } = await startHttpCli(["serve", file]));
  });

  afterAll(() => program.stop("SIGTERM"));

  if (name === "hello") {
    test("greets with the path", async () => {
      const answer = await sendHttp(port, { path: "/world" });
      expect(answer).toMatchObject({ status: 200, text: "Hello from /world\n" });
    });
  }

  if (name === "stream") {
    test("sends a line at a time and stops when the client leaves", async () => {
      const response = await openHttp(port);
      expect((await response.nextBlock()).toString()).toBe("line 1\n");
      const firstAt = performance.now();
      expect((await response.nextBlock()).toString()).toBe("line 2\n");
      // Half a second lies between two lines; the first one may have been late.
      expect(performance.now() - firstAt).toBeGreaterThan(250);
      response.leave();
      await program.untilOutput(/the client left after 2 lines/);
      expect(program.stderr).not.toContain("AbortError");
    });
  }

  if (name === "upload") {
    test("answers with the size and the digest of an upload", async () => {
      const body = randomBytes(5 * MEBIBYTE);
      const answer = await sendHttp(port, { body });
      expect(answer).toMatchObject({ status: 200, text: `${body.length} bytes, SHA-256 ${sha256(body)}\n` });
    });

    test.each([
      ["with its length", [["Content-Length", String(20 * MEBIBYTE)]]],
      ["in chunks", []],
    ] as const)("refuses an upload of 20 MB that comes %s", async (_, headers) => {
      const answer = await sendHttp(port, { headers, body: pieces(Buffer.alloc(20 * MEBIBYTE), 65_536) });
      expect(answer).toMatchObject({ status: 413, text: "at most 10485760 bytes\n" });
    });
  }
});
