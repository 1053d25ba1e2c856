import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../src/net/listen.ts";
import { createPrivateDirectory, type PrivateDirectory } from "../../src/net/private-directory.ts";
import { AppFolder, SupervisedProgram } from "../supervisor/supervised.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import { untilGone } from "../support/logged-program.ts";
import { leaveDeadSocket } from "./killed.ts";

async function parentDirectory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  return path;
}

async function create(parent: string): Promise<PrivateDirectory> {
  const directory = await createPrivateDirectory(parent);
  onTestFinished(() => directory.remove());
  return directory;
}

/** A directory with sockets on which nobody listens any more. */
async function deadDirectory(parent: string, sockets: readonly string[]): Promise<string> {
  const path = join(parent, "uwsgi-bridge-killed");
  mkdirSync(path);
  for (const socket of sockets) await leaveDeadSocket(join(path, socket));
  return path;
}

test("nobody else can enter it, and nothing is left when it is removed", async () => {
  const parent = await parentDirectory();
  const directory = await createPrivateDirectory(parent);
  expect(statSync(directory.path).mode & 0o777).toBe(0o700);
  expect(readdirSync(parent)).toHaveLength(1);
  writeFileSync(join(directory.path, "file"), "");
  await directory.remove();
  expect(readdirSync(parent)).toEqual([]);
});

test("what a killed process left is removed by the next, and by several at once", async () => {
  const parent = await parentDirectory();
  const dead = await deadDirectory(parent, ["owner", "w", ".a1"]);
  const directories = await Promise.all(Array.from({ length: 8 }, () => create(parent)));
  expect(existsSync(dead)).toBe(false);
  expect(readdirSync(parent)).toHaveLength(8);
  for (const { path } of directories) expect(readdirSync(path)).toEqual(["owner"]);
});

test("one that never had an owner's socket stays: it may just be made", async () => {
  const parent = await parentDirectory();
  const made = await deadDirectory(parent, ["w"]);
  await create(parent);
  expect(readdirSync(made)).toEqual(["w"]);
});

test("one whose workers still listen stays", async () => {
  const parent = await parentDirectory();
  const left = await deadDirectory(parent, ["owner"]);
  const server = createServer();
  await listen(server, { type: "unix", path: join(left, "w") });
  onTestFinished(() => void server.close());
  await create(parent);
  expect(readdirSync(left).sort()).toEqual(["owner", "w"]);
});

test("one with anything but sockets stays", async () => {
  const parent = await parentDirectory();
  const left = await deadDirectory(parent, ["owner"]);
  writeFileSync(join(left, "notes.txt"), "");
  await create(parent);
  expect(readdirSync(left).sort()).toEqual(["notes.txt", "owner"]);
});

test("a supervisor that is killed leaves a directory, and the next one takes it away", async () => {
  const parent = await parentDirectory();
  const folder = await AppFolder.create();
  const start = (): SupervisedProgram =>
    new SupervisedProgram(["serve", folder.app, "--http", "127.0.0.1:0", "-p", "1"], { TMPDIR: parent });
  const first = start();
  await first.httpPort();
  const [left = ""] = readdirSync(parent);
  await first.signal("SIGKILL");
  for (const pid of first.workerPids()) await untilGone(pid);
  expect(readdirSync(join(parent, left)).sort()).toEqual(["owner", "w"]);
  const second = start();
  await second.httpPort();
  expect(readdirSync(parent)).toHaveLength(1);
  expect(readdirSync(parent)).not.toContain(left);
});
