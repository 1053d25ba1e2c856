import { expect, onTestFinished, test } from "vitest";
import { Spool } from "../../../src/front/body/spool.ts";
import { temporaryDirectory } from "../../support/endpoints.ts";

async function newSpool(memoryBytes: number): Promise<Spool> {
  const { path, remove } = await temporaryDirectory();
  const spool = new Spool({ memoryBytes, directory: path });
  onTestFinished(async () => {
    await spool.dispose();
    await remove();
  });
  return spool;
}

async function fill(spool: Spool, blocks: readonly string[]): Promise<void> {
  for (const block of blocks) await spool.write(Buffer.from(block));
  await spool.finish();
}

async function textOf(spool: Spool): Promise<string> {
  const content = spool.content();
  if (content instanceof Uint8Array) return Buffer.from(content).toString();
  const blocks: Uint8Array[] = [];
  for await (const block of content) blocks.push(block);
  return Buffer.concat(blocks).toString();
}

test.each([
  ["nothing", []],
  ["one block", ["abc"]],
  ["several blocks", ["ab", "cd", "e"]],
])("%s that fits stays in memory, in one piece", async (_what, blocks) => {
  const spool = await newSpool(5);
  await fill(spool, blocks);
  expect(spool.content()).toBeInstanceOf(Uint8Array);
  expect(await textOf(spool)).toBe(blocks.join(""));
  expect(spool.size).toBe(blocks.join("").length);
});

test("one byte more than fits goes to a file, with all that came before", async () => {
  const spool = await newSpool(5);
  await fill(spool, ["abcde", "f", "gh"]);
  expect(spool.content()).not.toBeInstanceOf(Uint8Array);
  expect(await textOf(spool)).toBe("abcdefgh");
});

test("content can be read again: a request may be sent to a second server", async () => {
  const spool = await newSpool(1);
  await fill(spool, ["abc", "def"]);
  expect([await textOf(spool), await textOf(spool)]).toEqual(["abcdef", "abcdef"]);
});

test("memoryBytes 0 keeps nothing in memory", async () => {
  const spool = await newSpool(0);
  await fill(spool, ["a"]);
  expect(spool.content()).not.toBeInstanceOf(Uint8Array);
  expect(await textOf(spool)).toBe("a");
});

test("dispose may be called twice, and while a write is under way", async () => {
  const spool = await newSpool(0);
  const written = spool.write(Buffer.alloc(1_000_000));
  await Promise.all([spool.dispose(), spool.dispose(), written]);
  await expect(spool.dispose()).resolves.toBeUndefined();
});

test("a slow disk is waited for once a quarter of a megabyte waits for it, not before", async () => {
  const spool = await newSpool(0);
  const block = Buffer.alloc(65_536);
  const waits = [1, 2, 3, 4].map(() => spool.write(block) !== undefined);
  expect(waits).toEqual([false, false, false, true]);
  await spool.finish();
  expect(spool.write(block)).toBeUndefined();
  await spool.finish();
  expect(await textOf(spool)).toHaveLength(5 * block.length);
});

test("a directory that is not there fails the end, and what is written after the failure", async () => {
  const spool = new Spool({ memoryBytes: 0, directory: "/nowhere/at/all" });
  expect(spool.write(Buffer.from("a"))).toBeUndefined();
  await expect(spool.finish()).rejects.toMatchObject({ code: "ENOENT" });
  await expect(spool.write(Buffer.from("b"))).rejects.toMatchObject({ code: "ENOENT" });
  await spool.dispose();
});
