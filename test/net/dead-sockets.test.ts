import { readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { listen } from "../../src/net/listen.ts";
import { OWNER_TAG, tagOf } from "../../src/net/owner-tag.ts";
import { openSharedSocket } from "../../src/net/shared-socket.ts";
import { temporaryName } from "../../src/net/unix-socket.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import { leaveDeadSocket } from "./killed.ts";

async function directory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  return path;
}

/** The number of a process that has ended. */
async function deadPid(path: string): Promise<number> {
  return leaveDeadSocket(join(path, "gone"));
}

/** Start to listen there, which looks for dead sockets first. @returns What is left but for the socket itself. */
async function leftAfterStart(path: string): Promise<string[]> {
  const shared = await openSharedSocket({ type: "unix", path: join(path, "s") });
  await shared.close();
  const server = createServer();
  const { release } = await listen(server, { type: "unix", path: join(path, "s") });
  server.close();
  await release();
  return readdirSync(path).filter((name) => name !== "gone");
}

const tagged = OWNER_TAG === undefined ? test.skip : test;

tagged("a socket that a killed process could not give its name to is removed", async () => {
  const path = await directory();
  await leaveDeadSocket(join(path, `.${tagOf(await deadPid(path))}-1`));
  expect(await leftAfterStart(path)).toEqual([]);
});

tagged.each<[string, (pid: number) => string]>([
  ["of a process that lives", () => `.${tagOf(process.pid)}-zz`],
  ["of a process of another machine or container", (pid) => `.0000-${pid.toString(36)}-1`],
  ["without a tag", (pid) => `.${pid.toString(36)}1`],
  ["of somebody else", (pid) => `.${tagOf(pid)}-1.sock`],
])("one %s stays", async (_whose, nameOf) => {
  const path = await directory();
  const name = nameOf(await deadPid(path));
  await leaveDeadSocket(join(path, name));
  expect(await leftAfterStart(path)).toEqual([name]);
});

tagged("one on which somebody listens, and what is no socket, stays", async () => {
  const path = await directory();
  const tag = tagOf(await deadPid(path));
  const server = createServer().listen(join(path, `.${tag}-1`));
  onTestFinished(() => void server.close());
  writeFileSync(join(path, `.${tag}-2`), "");
  expect(await leftAfterStart(path)).toEqual([`.${tag}-1`, `.${tag}-2`]);
});

test("a temporary name is beside the path, and no reason for a path to be too long", () => {
  expect(dirname(temporaryName("/run/app/s"))).toBe("/run/app");
  if (OWNER_TAG !== undefined) expect(basename(temporaryName("/run/s"))).toContain(`.${OWNER_TAG}-`);
  const deep = `/${"d".repeat(95)}/app.sock`;
  expect(temporaryName(deep).length).toBeLessThan(108);
});
