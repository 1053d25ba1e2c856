import { readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkTemporaryDirectory, warnOfTemporaryDirectory } from "../../../src/front/body/temporary-file.ts";
import { createFront } from "../../../src/front/front.ts";
import { runCli } from "../../support/cli-io.ts";
import { temporaryDirectory } from "../../support/endpoints.ts";
import { startFront } from "../../support/fronts.ts";
import { converseHttp } from "../../support/raw-http.ts";
import { RecordingLog } from "../../support/recording-log.ts";
import { startWorker, textApp } from "../../support/workers.ts";

async function directory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  return path;
}

test("a directory in which files can be created is accepted, and left as it was", async () => {
  const path = await directory();
  checkTemporaryDirectory(path);
  expect(readdirSync(path)).toEqual([]);
});

test("one that is missing, that is a file, or where nobody may write is refused by its name and the reason", async () => {
  const path = await directory();
  const file = join(path, "file");
  writeFileSync(file, "");
  for (const [tempDir, reason] of [
    [join(path, "missing"), "ENOENT"],
    [file, "ENOTDIR"],
    // The administrator of the machine may not either.
    ...(process.platform === "linux" ? [["/proc", "ENOENT"]] : []),
  ] as const) {
    expect(() => createFront({ to: ["a:1"], tempDir })).toThrow(
      expect.objectContaining({
        name: "ConfigError",
        option: "tempDir",
        message: `no file can be created in ${tempDir}, the directory of temporary files (--temp-dir): ${reason}`,
      }),
    );
  }
});

test("one that nobody asked for is warned of", () => {
  const log = new RecordingLog();
  warnOfTemporaryDirectory("/nowhere/at/all", log);
  expect(log.lines).toMatchObject([{ level: "warn", fields: { directory: "/nowhere/at/all" } }]);
});

test("one that went meanwhile is a 503 for the client, and a reason in the log that the client does not get", async () => {
  const tempDir = await directory();
  const { endpoint: to } = await startWorker(textApp("never"));
  const { endpoint, log } = await startFront([to], { tempDir });
  rmdirSync(tempDir);
  const head = "POST /x HTTP/1.1\r\nHost: a.test\r\nContent-Length: 100000\r\n\r\n";
  const { answers } = await converseHttp(endpoint, head + "x".repeat(100_000), { methods: ["POST"] });
  expect(answers[0]?.status).toBe(503);
  expect(answers[0]?.body).not.toContain(tempDir);
  expect(log.lines.map(({ fields }) => fields)).toMatchObject([
    { code: "UWB_ERR_SPOOL", reason: `the request body could not be stored in ${tempDir}: ENOENT` },
  ]);
});

test("serve refuses it before it starts anything, and leaves nothing behind", async () => {
  const { code, err } = await runCli([
    "serve",
    "missing.ts",
    "--http",
    "127.0.0.1:0",
    "--temp-dir",
    "/nowhere",
  ]);
  expect(code).toBe(2);
  expect(err).toBe(
    "uwsgi-bridge: no file can be created in /nowhere, the directory of temporary files (--temp-dir): ENOENT [UWB_ERR_CONFIG]\n",
  );
});
