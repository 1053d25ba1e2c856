import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startProgram } from "../support/process.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";

/** Packages of ours that a user gets along. tsx is not among them here: what is shipped for the suite is JavaScript. */
const DEPENDENCIES = ["commander", "pino"];

test("the suite and the contract app run from the packed package, with Node alone", {
  timeout: 60_000,
}, async () => {
  const directory = await makeTempDir();
  onTestFinished(() => removeTempDir(directory));
  const root = unpack(directory);
  expect(readdirSync(join(root, "protocol/contract-app"))).toEqual(
    expect.arrayContaining(["README.md", "app.py", "app.ts", "express.ts"]),
  );

  const socket = `unix:${directory}/app.sock`;
  const command = join(root, "bin/uwsgi-bridge.js");
  const app = join(root, "dist/protocol/contract-app/app.js");
  const worker = startProgram(process.execPath, [command, "worker", app, "-s", socket]);
  onTestFinished(() => worker.stop());
  await worker.untilOutput(/worker listens on unix:/);

  const args = [
    command,
    "conformance",
    "worker",
    "--target",
    socket,
    "--only",
    "packet",
    "--only",
    "start-response",
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toContain("packet          29 of 29 passed");
});

/** @returns where the package lies, with its dependencies beside it */
function unpack(directory: string): string {
  run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", directory]);
  const [tarball = ""] = readdirSync(directory).filter((name) => name.endsWith(".tgz"));
  run("tar", ["-xzf", join(directory, tarball), "-C", directory]);
  const modules = join(directory, "package/node_modules");
  mkdirSync(modules);
  for (const name of DEPENDENCIES)
    symlinkSync(join(process.cwd(), "node_modules", name), join(modules, name));
  return join(directory, "package");
}

function run(program: string, args: readonly string[]): void {
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${stderr}`);
}
