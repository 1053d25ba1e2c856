import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isSource, SourceWatch } from "../../src/supervisor/source-watch.ts";
import { RecordingLog } from "../support/recording-log.ts";
import { until } from "../support/wait.ts";
import { AppFolder } from "./supervised.ts";

test.each([
  ["app.ts", true],
  ["lib/deep/view.tsx", true],
  ["config.json", true],
  ["app.mjs", true],
  ["notes.md", false],
  ["app.ts~", false],
  ["node_modules/x/index.js", false],
  ["lib/node_modules/x/index.js", false],
  [".git/index.js", false],
  ["lib/.cache/x.js", false],
  ["dist/app.js", false],
])("%s is a source: %s", (file, expected) => {
  expect(isSource(file)).toBe(expected);
});

test("many changes at a time are one", async () => {
  const folder = await AppFolder.create();
  const changes: string[] = [];
  const watch = new SourceWatch(folder.path, new RecordingLog(), (file) => changes.push(file));
  onTestFinished(() => watch.close());
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (const name of ["a.ts", "b.ts", "c.md"]) await writeFile(folder.file(name), "");
  await until(() => changes.length > 0, "a change is seen");
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(changes).toEqual(["b.ts"]);
});

test("a file that is replaced again and again, as editors save, is seen each time", async () => {
  const folder = await AppFolder.create();
  const changes: string[] = [];
  const watch = new SourceWatch(folder.path, new RecordingLog(), (file) => changes.push(file));
  onTestFinished(() => watch.close());
  for (const count of [1, 2, 3]) {
    await writeFile(folder.file("app.mjs~"), String(count));
    await rename(folder.file("app.mjs~"), folder.app);
    await until(() => changes.length === count, `change ${count} is seen`);
  }
  await writeFile(folder.app, "written in place");
  await until(() => changes.length === 4, "the change of what has replaced it is seen");
  expect(new Set(changes)).toEqual(new Set(["app.mjs"]));
});

test("directories that come, go and come back are watched, those of others are not", async () => {
  const folder = await AppFolder.create();
  const changes: string[] = [];
  const watch = new SourceWatch(folder.path, new RecordingLog(), (file) => changes.push(file));
  onTestFinished(() => watch.close());
  await mkdir(folder.file("node_modules/x"), { recursive: true });
  await writeFile(folder.file("node_modules/x/index.js"), "");
  const file = join("lib", "deep", "view.ts");
  for (const count of [1, 3]) {
    await mkdir(folder.file(join("lib", "deep")), { recursive: true });
    await writeFile(folder.file(file), "");
    await until(() => changes.length === count, "what came with the directory is seen");
    await rm(folder.file("lib"), { recursive: true });
    await until(() => changes.length === count + 1, "that it went is seen");
  }
  expect(changes).toEqual([file, file, file, file]);
});

test("a directory that can not be watched is looked at instead", async () => {
  const folder = await AppFolder.create();
  const log = new RecordingLog();
  const changes: string[] = [];
  // It does not exist when the watch begins: what comes later is found by looking.
  const watch = new SourceWatch(folder.file("later"), log, (file) => changes.push(file));
  onTestFinished(() => watch.close());
  await until(() => log.lines.length > 0, "it is logged that the system can not watch");
  expect(log.lines[0]?.message).toMatch(/looked at every second/);

  await mkdir(folder.file("later"));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await writeFile(folder.file("later/new.ts"), "");
  await until(() => changes.length > 0, "the new file is found", 10_000);
  expect(changes).toEqual(["new.ts"]);
});
