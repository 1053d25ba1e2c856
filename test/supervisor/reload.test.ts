import { readFile, utimes, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { request } from "../../src/client/request.ts";
import { sendHttp } from "../support/http-client.ts";
import { bodyOf, connectTo, listenTo, requestBytes } from "../support/raw-peer.ts";
import { answerOf, appSource } from "../support/token-app.ts";
import { load } from "./load.ts";
import { AppFolder, SupervisedProgram, startServe, startWorkers } from "./supervised.ts";

const BROKEN = "export const application = ;";

describe("reload", () => {
  test("under load: nothing is lost, and no POST is run twice", async () => {
    const folder = await AppFolder.create();
    const ledger = folder.file("ledger");
    const served = await startServe(folder, ["-p", "2"], { LEDGER: ledger });
    const marks = [200, 700, 1200];
    const result = await load(served.port, 2000, (done) => {
      if (done < (marks[0] ?? Number.POSITIVE_INFINITY)) return;
      marks.shift();
      void served.signal("SIGHUP");
    });
    expect(result.failed).toEqual([]);
    expect(result.pids.size).toBeGreaterThan(2);
    const tokens = (await readFile(ledger, "utf8")).trim().split("\n");
    expect(tokens.sort()).toEqual([...result.posted].sort());
    await served.logged("reloaded");
  });

  test("under load, for peers that connect for each request: nothing is lost", async () => {
    const folder = await AppFolder.create();
    const workers = await startWorkers(folder, ["-p", "2"]);
    const pids = new Set<number>();
    const client = async (): Promise<void> => {
      while (workers.linesAbout("reloaded").length < 3) {
        const response = await request({ type: "unix", path: workers.socket });
        expect(response.status).toBe(200);
        pids.add(answerOf(Buffer.concat(await response.body.toArray()).toString()).pid);
      }
    };
    const clients = Promise.all([client(), client(), client(), client()]);
    for (let count = 1; count <= 3; count += 1) {
      await workers.signal("SIGHUP");
      await workers.logged("reloaded", count);
    }
    await clients;
    expect(pids.size).toBeGreaterThan(2);
  });

  test("runs the new code; a version that can not be loaded leaves the old one serving and is named", async () => {
    const folder = await AppFolder.create();
    const served = await startServe(folder, ["-p", "2"]);
    expect((await answer(served)).version).toBe("one");
    await folder.write(BROKEN);
    await served.signal("SIGHUP");
    const [line] = await served.logged("the new generation can not be started");
    expect(line?.["reason"]).toMatch(/app\.mjs failed: SyntaxError.*\[UWB_ERR_APP_LOAD\]$/s);
    expect((await answer(served)).version).toBe("one");
    await folder.write(appSource("two"));
    await served.signal("SIGHUP");
    await served.logged("reloaded");
    await untilVersion(served, "two");
  });

  test("a peer that has connected but not spoken yet is still answered", async () => {
    const folder = await AppFolder.create();
    const workers = await startWorkers(folder, ["-p", "1"]);
    const socket = connectTo({ type: "unix", path: workers.socket });
    const heard = listenTo(socket);
    await new Promise((resolve) => socket.once("connect", resolve));
    // The process that accepts is the only one there is.
    expect((await request({ type: "unix", path: workers.socket })).status).toBe(200);
    await workers.signal("SIGHUP");
    await workers.logged("reloaded");
    socket.write(requestBytes());
    const { text } = await heard;
    expect(answerOf(bodyOf(text)).pid).toBe(workers.workerPids()[0]);
  });

  test("lets an old process finish what it has begun", async () => {
    const folder = await AppFolder.create();
    const served = await startServe(folder, ["-p", "1"]);
    const begun = answer(served, "/slow");
    await folder.write(appSource("two"));
    await new Promise((resolve) => setTimeout(resolve, 100));
    await served.signal("SIGHUP");
    await served.logged("reloaded");
    await untilVersion(served, "two");
    expect((await begun).version).toBe("one");
  });
});

test("front: its processes are replaced under load, and no client notices", async () => {
  const workers = await startWorkers(await AppFolder.create(), ["-p", "1"]);
  const args = ["front", "--to", workers.socket, "--http", "127.0.0.1:0", "--processes", "2"];
  const front = new SupervisedProgram(args);
  const port = await front.httpPort();
  const marks = [200, 600];
  const result = await load(port, 1000, (done) => {
    if (done < (marks[0] ?? Number.POSITIVE_INFINITY)) return;
    marks.shift();
    void front.signal("SIGHUP");
  });
  expect(result.failed).toEqual([]);
  await front.logged("reloaded");
});

test("--touch-reload", async () => {
  const folder = await AppFolder.create();
  const mark = folder.file("reload");
  await writeFile(mark, "");
  const served = await startServe(folder, ["-p", "1", "--touch-reload", mark]);
  await folder.write(appSource("two"));
  // The first look must have been before the touch.
  await new Promise((resolve) => setTimeout(resolve, 700));
  await utimes(mark, new Date(), new Date(Date.now() + 5000));
  await served.logged("reloaded");
  expect((await answer(served)).version).toBe("two");
});

describe("--watch", () => {
  test("reloads what was saved, and survives a syntax error", async () => {
    const folder = await AppFolder.create();
    const served = await startServe(folder, ["-p", "1", "--watch"]);
    await served.logged("watching for changes");
    await folder.write(BROKEN);
    const [line] = await served.logged("the new generation can not be started");
    expect(line?.["reason"]).toContain("SyntaxError");
    expect((await answer(served)).version).toBe("one");
    await folder.write(appSource("two"));
    await served.logged("reloaded");
    await untilVersion(served, "two");
  });

  test("an application that is broken from the start is waited for", async () => {
    const folder = await AppFolder.create(BROKEN);
    const supervised = new SupervisedProgram([
      "serve",
      folder.app,
      "--http",
      "127.0.0.1:0",
      "-p",
      "1",
      "--watch",
    ]);
    const [line] = await supervised.logged("can not be started");
    expect(line?.["reason"]).toContain("SyntaxError");
    await folder.write(appSource("two"));
    const port = await supervised.httpPort();
    expect((await answer({ port })).version).toBe("two");
    expect(supervised.linesAbout("reloading").length).toBeGreaterThan(0);
  });
});

/** The old process has been told to go, and may answer what reaches it before it hears that. */
async function untilVersion(served: { readonly port: number }, version: string): Promise<void> {
  await expect.poll(async () => (await answer(served)).version, { timeout: 5000 }).toBe(version);
}

async function answer({ port }: { readonly port: number }, path = "/"): Promise<ReturnType<typeof answerOf>> {
  const { status, text } = await sendHttp(port, { path });
  expect(status).toBe(200);
  return answerOf(text);
}
