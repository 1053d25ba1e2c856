import { randomBytes } from "node:crypto";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { sha256 } from "../../support/digest.ts";
import { openFiles } from "../../support/open-files.ts";
import { connectHttp } from "../../support/raw-http.ts";
import { type StaticSite, startStaticSite } from "../../support/static-site.ts";
import { writeTreeFile } from "../../support/static-tree.ts";
import { until } from "../../support/wait.ts";

const MEBIBYTE = 1024 * 1024;

function startLargeSite(): Promise<StaticSite> {
  return startStaticSite(({ www }) => ({ staticMaps: { "/s": www } }));
}

/** Ask for a file that is larger than all buffers on the way, and stop reading at its head. */
function startDownload(endpoint: Endpoint, path: string) {
  const socket = connectHttp(endpoint);
  socket.on("error", () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a.test\r\n\r\n`);
  return new Promise<typeof socket>((resolve) => {
    socket.once("data", () => {
      socket.pause();
      resolve(socket);
    });
  });
}

async function makeHugeFile({ tree }: StaticSite): Promise<string> {
  const path = join(tree.www, "huge.bin");
  await writeFile(path, "");
  await truncate(path, 64 * MEBIBYTE);
  return path;
}

describe("a download that does not go well", () => {
  test("of a file that becomes shorter is cut, and says so", async () => {
    const site = await startLargeSite();
    const path = await makeHugeFile(site);
    const socket = await startDownload(site.endpoint, "/s/huge.bin");
    await truncate(path, 1000);
    let received = 0;
    const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    socket.on("end", () => socket.end());
    socket.resume();
    await closed;
    expect(received).toBeLessThan(64 * MEBIBYTE);
    await until(() => site.log.codes.length > 0, "it is logged");
    expect(site.log.codes).toEqual(["UWB_ERR_STATIC_FILE"]);
    await until(() => openFiles(site.tree.base).length === 0, "the file is closed");
  });

  test("of a file that grows has the length that was announced", async () => {
    const site = await startLargeSite();
    const path = await makeHugeFile(site);
    const socket = await startDownload(site.endpoint, "/s/huge.bin");
    await truncate(path, 80 * MEBIBYTE);
    let received = 0;
    socket.on("data", (chunk: Buffer) => {
      received += chunk.length;
    });
    socket.resume();
    await until(() => openFiles(site.tree.base).length === 0, "all is sent", 20_000);
    socket.write("GET /s/file.txt HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
    await new Promise((resolve) => socket.once("end", resolve));
    socket.destroy();
    expect(received).toBeGreaterThan(64 * MEBIBYTE - 65_536);
    expect(received).toBeLessThan(64 * MEBIBYTE + 2000);
    expect(site.log.codes).toEqual([]);
  });

  test("because the client is slow waits for it, and keeps what it has read", async () => {
    const { endpoint, get, tree } = await startLargeSite();
    const content = randomBytes(32 * MEBIBYTE);
    await writeTreeFile(join(tree.www, "random.bin"), content);
    const socket = connectHttp(endpoint);
    socket.write("GET /s/random.bin HTTP/1.1\r\nHost: a.test\r\nConnection: close\r\n\r\n");
    await new Promise((resolve) => socket.once("readable", resolve));
    for (let round = 0; round < 50; round += 1) await get("/s/file.txt");
    expect(openFiles(tree.base)).toHaveLength(1);
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk as Buffer);
    const received = Buffer.concat(chunks);
    expect(sha256(received.subarray(received.indexOf("\r\n\r\n") + 4))).toBe(sha256(content));
  });

  test("because the client leaves closes the file, and is no error", async () => {
    const site = await startLargeSite();
    const path = await makeHugeFile(site);
    // Another form of it, which is looked at and not sent.
    await writeTreeFile(`${path}.gz`, randomBytes(MEBIBYTE), new Date());
    const socket = await startDownload(site.endpoint, "/s/huge.bin");
    expect(openFiles(site.tree.base)).toHaveLength(1);
    socket.destroy();
    await until(() => openFiles(site.tree.base).length === 0, "the file is closed");
    expect(site.log.codes).toEqual([]);
  });

  test("because the client takes nothing is cut in time", async () => {
    const site = await startStaticSite(({ www }) => ({
      staticMaps: { "/s": www },
      clientSendTimeoutMs: 200,
    }));
    await makeHugeFile(site);
    const socket = await startDownload(site.endpoint, "/s/huge.bin");
    await until(() => openFiles(site.tree.base).length === 0, "the file is closed");
    socket.destroy();
  });
});
