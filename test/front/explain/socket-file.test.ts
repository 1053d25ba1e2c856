import { chmod, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { UpstreamError } from "../../../src/errors.ts";
import { failureOf } from "../../../src/front/explain/failure-of.ts";
import { lookAtSocket } from "../../../src/front/explain/socket-file.ts";
import { resolveFrontOptions } from "../../../src/front/options.ts";
import { listen } from "../../../src/net/listen.ts";
import { makeTempDir, removeTempDir } from "../../support/temp-dir.ts";

async function socketPath(): Promise<string> {
  const directory = await makeTempDir();
  const path = join(directory, "app.sock");
  const server = createServer();
  const listener = await listen(server, { type: "unix", path });
  onTestFinished(async () => {
    server.close();
    await listener.release();
    await removeTempDir(directory);
  });
  return path;
}

test("a socket has its mode and its owner", async () => {
  const path = await socketPath();
  await chmod(path, 0o620);
  const uid = process.getuid?.();
  expect(lookAtSocket(path)).toMatchObject({ kind: "socket", mode: "620", uid, ownUid: uid });
});

test("what is missing is told from what has no directory either, and from what is no socket", async () => {
  const path = await socketPath();
  await writeFile(`${path}.txt`, "");
  expect(lookAtSocket(`${path}.txt`).kind).toBe("other");
  expect(lookAtSocket(`${path}.none`).kind).toBe("missing");
  expect(lookAtSocket(join(path, "..", "none", "app.sock")).kind).toBe("no-directory");
});

test("a socket that may not be opened is looked at for its failure", async () => {
  const path = await socketPath();
  const cause = Object.assign(new Error("connect EACCES"), { code: "EACCES", syscall: "connect" });
  const error = new UpstreamError("UWB_ERR_UPSTREAM_CONNECT", "can not connect", 503, { cause });
  const limits = resolveFrontOptions({ to: [path] });
  const target = { type: "unix", path } as const;
  const progress = { phase: "connect", sentBytes: 0, receivedBytes: 0 } as never;
  expect(failureOf(error, { target, vars: [], limits, progress })).toMatchObject({
    status: 503,
    phase: "connect",
    errno: "EACCES",
    target: `unix:${path}`,
    socketFile: { kind: "socket", path },
  });
});
