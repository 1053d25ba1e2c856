import { randomBytes } from "node:crypto";
import { open, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sha256 } from "../../support/digest.ts";
import { openFiles } from "../../support/open-files.ts";
import { converseHttp, header } from "../../support/raw-http.ts";
import { type StaticSite, startStaticSite } from "../../support/static-site.ts";
import { writeTreeFile } from "../../support/static-tree.ts";
import { until } from "../../support/wait.ts";

const MEBIBYTE = 1024 * 1024;
const large = randomBytes(MEBIBYTE + 7);

function startLargeSite(): Promise<StaticSite> {
  return startStaticSite(({ www }) => ({ staticMaps: { "/s": www } }));
}

function latin1(body: string): Buffer {
  return Buffer.from(body, "latin1");
}

describe("a file that is read while it is sent", () => {
  test("arrives whole, and is closed", async () => {
    const { get, tree } = await startLargeSite();
    await writeTreeFile(join(tree.www, "large.bin"), large);
    const answer = await get("/s/large.bin");
    expect([answer.status, answer.isComplete, sha256(latin1(answer.body))]).toEqual([
      200,
      true,
      sha256(large),
    ]);
    await until(() => openFiles(tree.base).length === 0, "the file is closed");
  });

  test("is closed after answers that send nothing of it", async () => {
    const { ask, get, tree } = await startLargeSite();
    await writeTreeFile(join(tree.www, "large.bin"), large);
    await writeTreeFile(join(tree.www, "large.bin.gz"), large);
    const head = await ask("HEAD", "/s/large.bin");
    expect([head.status, header(head, "content-length")]).toEqual([200, String(large.length)]);
    expect((await get("/s/large.bin", "If-None-Match: *")).status).toBe(304);
    expect((await get("/s/large.bin", 'If-Match: "x"')).status).toBe(412);
    expect((await get("/s/large.bin", `Range: bytes=${large.length}-`)).status).toBe(416);
    expect((await get("/s/large.bin/")).status).toBe(404);
    await until(() => openFiles(tree.base).length === 0, "the files are closed");
  });

  test("a small compressed form of it is sent from memory", async () => {
    const { get, tree } = await startLargeSite();
    await writeTreeFile(join(tree.www, "large.js"), large);
    await writeTreeFile(join(tree.www, "large.js.br"), "small");
    expect((await get("/s/large.js", "Accept-Encoding: br")).body).toBe("small");
    expect(sha256(latin1((await get("/s/large.js")).body))).toBe(sha256(large));
    await until(() => openFiles(tree.base).length === 0, "the files are closed");
  });

  test("one part of it", async () => {
    const { get, tree } = await startLargeSite();
    await writeTreeFile(join(tree.www, "large.bin"), large);
    const answer = await get("/s/large.bin", "Range: bytes=100000-699999");
    expect([answer.status, header(answer, "content-range")]).toEqual([
      206,
      `bytes 100000-699999/${large.length}`,
    ]);
    expect(sha256(latin1(answer.body))).toBe(sha256(large.subarray(100_000, 700_000)));
  });

  test("several parts of it", async () => {
    const { get, tree } = await startLargeSite();
    await writeTreeFile(join(tree.www, "large.bin"), large);
    const answer = await get("/s/large.bin", "Range: bytes=0-199999,-5,300000-300000");
    const [, boundary] =
      /^multipart\/byteranges; boundary=(\w+)$/.exec(header(answer, "content-type") ?? "") ?? [];
    const head = (range: string): string =>
      `\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${range}/${large.length}\r\n\r\n`;
    const end = large.length - 5;
    const expected = Buffer.concat([
      Buffer.from(head("0-199999")),
      large.subarray(0, 200_000),
      Buffer.from(head(`${end}-${end + 4}`)),
      large.subarray(end),
      Buffer.from(head("300000-300000")),
      large.subarray(300_000, 300_001),
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    expect([answer.status, answer.isComplete, sha256(latin1(answer.body))]).toEqual([
      206,
      true,
      sha256(expected),
    ]);
  });

  test("four bytes of 5 GB, beyond what 32 bits can count", async () => {
    const { get, tree } = await startLargeSite();
    const path = join(tree.www, "big.bin");
    await writeFile(path, "");
    await truncate(path, 5 * 1024 * MEBIBYTE);
    const file = await open(path, "r+");
    await file.write("here", 5_000_000_000);
    await file.close();
    const answer = await get("/s/big.bin", "Range: bytes=5000000000-5000000003");
    expect([answer.status, answer.body]).toEqual([206, "here"]);
    expect(header(answer, "content-range")).toBe("bytes 5000000000-5000000003/5368709120");
  });
});

describe("a disk that changes", () => {
  test("a file that is replaced, made or removed is noticed within about a second", async () => {
    const { get, tree } = await startLargeSite();
    const path = join(tree.www, "file.txt");
    const bodyOf = async (name: string): Promise<string> => (await get(`/s/${name}`)).body;
    expect([await bodyOf("file.txt"), (await get("/s/later.txt")).status]).toEqual(["hello", 404]);
    await writeFile(`${path}.new`, "HELLO");
    await rename(`${path}.new`, path);
    await writeFile(join(tree.www, "later.txt"), "here");
    const changed = performance.now();
    while ((await bodyOf("file.txt")) !== "HELLO") expect(performance.now() - changed).toBeLessThan(5000);
    while ((await bodyOf("later.txt")) !== "here") expect(performance.now() - changed).toBeLessThan(5000);
    await rm(path);
    while ((await get("/s/file.txt")).status !== 404) expect(performance.now() - changed).toBeLessThan(9000);
  });

  test("a root that is a link is followed to where it leads at each time", async () => {
    const site = await startStaticSite(({ base }) => ({
      staticMaps: { "/s": join(base, "release") },
      staticMemoryBytes: 0,
    }));
    const { get, tree } = site;
    await writeTreeFile(join(tree.base, "next/file.txt"), "next");
    expect((await get("/s/file.txt")).body).toBe("hello");
    await symlink("next", join(tree.base, "release.new"));
    await rename(join(tree.base, "release.new"), join(tree.base, "release"));
    expect((await get("/s/file.txt")).body).toBe("next");
    expect((await get("/s/link_in")).status).toBe(404);
  });

  test("FIFOs hold nobody up", async () => {
    const { endpoint, get } = await startStaticSite(({ www }) => ({
      staticMaps: { "/s": www },
      staticMemoryBytes: 0,
    }));
    const bytes = "GET /s/fifo HTTP/1.1\r\nHost: a.test\r\n\r\n".repeat(20);
    const [{ answers }, file] = await Promise.all([
      converseHttp(endpoint, bytes, { enough: 20, quietMs: 5000 }),
      get("/s/file.txt"),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(Array<number>(20).fill(404));
    expect(file.status).toBe(200);
  });

  test("what was opened and is not sent is closed", async () => {
    const { get, tree } = await startLargeSite();
    for (const path of ["fifo", "hollow", "hollow/", "docs", "docs/", "file.txt/", "app.js", "stale.css"]) {
      await get(`/s/${path}`);
      expect([path, openFiles(tree.base)]).toEqual([path, []]);
    }
  });
});
