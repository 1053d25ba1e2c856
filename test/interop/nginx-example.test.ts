import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startCli } from "../support/cli-program.ts";
import { sha256 } from "../support/digest.ts";
import { openHttp, sendHttp } from "../support/http-client.ts";
import type { Program } from "../support/process.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { type Nginx, startNginx } from "./nginx.ts";
import { describeWith } from "./peers.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/", import.meta.url));

describeWith(["nginx"], "examples/nginx.conf, with nothing but its addresses replaced", () => {
  describe.each(["stream", "upload"] as const)("before examples/%s.ts", (name) => {
    let directory: string;
    let worker: Program;
    let nginx: Nginx;
    let port: number;

    beforeAll(async () => {
      directory = await makeTempDir();
      const socket = join(directory, "app.sock");
      const app = join(EXAMPLES, `${name}.ts`);
      worker = startCli(["worker", app, "--socket", `unix:${socket}`, "--chmod-socket"]);
      await worker.untilListening({ path: socket });
      const example = readFileSync(join(EXAMPLES, "nginx.conf"), "utf8")
        .replace("listen 80;", "listen 127.0.0.1:{port};")
        .replace("server unix:/run/app.sock;", `server unix:${socket};`);
      nginx = await startNginx(directory, [], example);
      port = nginx.ports[0] ?? 0;
    });

    afterAll(async () => {
      await nginx.program.stop();
      await worker.stop();
      await removeTempDir(directory);
    });

    if (name === "stream") {
      test("sends a line at a time and stops when the client leaves", async () => {
        const response = await openHttp(port);
        expect((await response.nextBlock()).toString()).toBe("line 1\n");
        response.leave();
        await worker.untilOutput(/the client left after \d lines/);
      });
    } else {
      test("answers with size and digest, and refuses what is too large", async () => {
        const body = randomBytes(5_000_000);
        const answer = await sendHttp(port, { body });
        expect(answer.text).toBe(`5000000 bytes, SHA-256 ${sha256(body)}\n`);
        expect((await sendHttp(port, { body: Buffer.alloc(20_000_000) })).status).toBe(413);
      });
    }
  });
});
