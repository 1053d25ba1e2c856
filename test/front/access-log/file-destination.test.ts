import { execFileSync } from "node:child_process";
import { constants, existsSync } from "node:fs";
import { open, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FileDestination } from "../../../src/front/access-log/file-destination.ts";
import type { WriteFailure } from "../../../src/front/access-log/log-destination.ts";
import { makeTempDir, removeTempDir } from "../../support/temp-dir.ts";
import { sleep } from "../../support/wait.ts";

async function home(): Promise<string> {
  const directory = await makeTempDir();
  onTestFinished(() => removeTempDir(directory));
  return directory;
}

const written = (destination: FileDestination, text: string): Promise<WriteFailure | undefined> =>
  new Promise((resolve) => destination.write(text, resolve));

test("lines are added to a file that is there", async () => {
  const path = join(await home(), "access.log");
  await writeFile(path, "before\n");
  const destination = new FileDestination(path);
  await written(destination, "a\n");
  destination.close("b\n");
  expect(await readFile(path, "latin1")).toBe("before\na\nb\n");
});

test.each([
  { name: "renamed", create: false },
  { name: "renamed, and another one made in its place,", create: true },
])("a file that was $name is left for the one of its name, and no line is lost", async ({ create }) => {
  const path = join(await home(), "access.log");
  const destination = new FileDestination(path);
  onTestFinished(() => destination.close(""));
  await written(destination, "0\n");
  await rename(path, `${path}.1`);
  if (create) await writeFile(path, "");
  const begun = async (): Promise<boolean> => existsSync(path) && (await readFile(path, "latin1")) !== "";
  let count = 1;
  for (; !(await begun()); count += 1) {
    await written(destination, `${count}\n`);
    await sleep(20);
  }
  const lines = [await readFile(`${path}.1`, "latin1"), await readFile(path, "latin1")].join("").split("\n");
  expect(lines).toEqual([...Array.from({ length: count }, (_, index) => String(index)), ""]);
});

test.skipIf(!existsSync("/dev/full"))("a full disk loses lines and says how many", async () => {
  const destination = new FileDestination("/dev/full");
  expect(await written(destination, "a\nb\n")).toMatchObject({ error: { code: "ENOSPC" }, lostLines: 2 });
  destination.close("c\n");
});

test("a named pipe without a reader takes what there is room for, waits, and goes on when somebody reads", async () => {
  const path = join(await home(), "pipe");
  execFileSync("mkfifo", [path]);
  const destination = new FileDestination(path);
  onTestFinished(() => destination.close(""));
  const line = `${"x".repeat(4000)}\n`;
  let done = 0;
  const writing = (async () => {
    for (; done < 40; done += 1) expect(await written(destination, line)).toBeUndefined();
  })();
  await sleep(100);
  expect(done).toBeLessThan(40);
  const reader = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let read = 0;
  while (read < 40 * line.length) {
    const { bytesRead } = await reader.read(Buffer.alloc(65_536)).catch(() => ({ bytesRead: 0 }));
    read += bytesRead;
    if (bytesRead === 0) await sleep(5);
  }
  await writing;
  await reader.close();
});

test("what can not be opened is the caller's to explain", () => {
  expect(() => new FileDestination("/nowhere/access.log")).toThrow(/ENOENT/);
});
