import { afterAll, beforeAll, expect, test } from "vitest";
import { startProgram } from "../support/process.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { transports } from "../support/workers.ts";
import { describeWith } from "./peers.ts";
import { type InteropWorker, startInteropWorker } from "./worker.ts";

describeWith(["uwsgi"], "uwsgi --ping", () => {
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

  test.each(transports)("finds our worker alive over %s", async (transport) => {
    const program = startProgram("uwsgi", ["--plugin", "ping", "--ping", worker.addresses[transport]]);
    const [, code] = await program.untilOutput(/guard: exit code (\d+)/);
    await program.stop();
    expect(code).toBe("0");
  });
});
