import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { openHttp, sendHttp } from "../support/http-client.ts";
import { untilGone } from "../support/logged-program.ts";
import { AppFolder, type SupervisedProgram, startServe } from "./supervised.ts";

const SOURCE = `
function spin() { for (;;) {} }
async function compute() { await undefined; spin(); }
export const application = async (environ, startResponse) => {
  const signal = environ["uwsgi_bridge.signal"];
  switch (environ.PATH_INFO) {
    case "/stuck":
      await compute();
      break;
    case "/native":
      (await import("node:child_process")).execSync("sleep 8");
      break;
    case "/wait":
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      console.log("aborted by " + signal.reason.code);
      break;
    case "/never":
      await new Promise(() => undefined);
      break;
    case "/stream":
      startResponse("200 OK", []);
      return (async function* () {
        for (const text of ["one", "two"]) {
          yield Buffer.from(text);
          await new Promise((resolve) => setTimeout(resolve, 1700));
        }
      })();
  }
  startResponse("200 OK", []);
  return [Buffer.from(String(process.pid))];
};
`;

const ARGS = ["-p", "1", "--harakiri", "1s"];

describe("code that keeps the event loop", () => {
  test("is named with its stack, its requests are answered 504, and its process is replaced", async () => {
    const folder = await AppFolder.create(SOURCE);
    const stats = folder.file("stats");
    const served = await startServe(folder, [...ARGS, "--stats", stats]);
    const neighbour = sendHttp(served.port, { path: "/never" });
    const startedAt = performance.now();
    const { status, text } = await sendHttp(served.port, { path: "/stuck?a" });
    expect({ status, text }).toEqual({ status: 504, text: "UWB_ERR_HARAKIRI\n" });
    expect(performance.now() - startedAt).toBeGreaterThan(900);
    expect((await neighbour).status).toBe(504);
    const [line] = await served.logged("code keeps the event loop");
    expect(line).toMatchObject({ code: "UWB_ERR_HARAKIRI", method: "GET" });
    expect(line?.["stack"]).toEqual(
      expect.arrayContaining([expect.stringMatching(/^spin \(file:.*app\.mjs:2:\d+\)$/)]),
    );
    expect(((line?.["requests"] ?? []) as { uri: string }[]).map(({ uri }) => uri).sort()).toEqual([
      "/never",
      "/stuck?a",
    ]);
    const [death] = await served.logged("has died and is started again");
    expect(death?.["reason"]).toMatch(/^its event loop was stuck for 1000 ms .*\[UWB_ERR_HARAKIRI\]$/);
    expect((await sendHttp(served.port)).status).toBe(200);
    const socket = connect({ path: stats });
    const { workers } = JSON.parse(Buffer.concat(await socket.toArray()).toString()) as {
      workers: { harakiri_count: number; respawn_count: number }[];
    };
    expect(workers).toMatchObject([{ harakiri_count: 1, respawn_count: 2 }]);
  });

  test("inside the system ends its process as well, without a stack", async () => {
    const served = await startServe(await AppFolder.create(SOURCE), ARGS);
    expect((await sendHttp(served.port, { path: "/native" })).status).toBeGreaterThanOrEqual(502);
    const [line] = await served.logged("code keeps the event loop");
    expect(line?.["stack"]).toEqual(["(not in JavaScript)"]);
    expect((await sendHttp(served.port)).status).toBe(200);
  });
});

describe("a request that waits", () => {
  test("is answered 504 and told by its signal, and nobody else notices", async () => {
    const served = await startServe(await AppFolder.create(SOURCE), ARGS);
    const { text: before } = await sendHttp(served.port);
    expect((await sendHttp(served.port, { path: "/wait" })).status).toBe(504);
    await served.program.untilOutput(/aborted by UWB_ERR_HARAKIRI/);
    const [line] = await served.logged("a request took too long");
    expect(line).toMatchObject({ code: "UWB_ERR_HARAKIRI", method: "GET", uri: "/wait" });
    expect((await sendHttp(served.port)).text).toBe(before);
    expect(served.linesAbout("has died")).toEqual([]);
  });

  test("and does not hear its signal: the process is replaced", async () => {
    const served = await startServe(await AppFolder.create(SOURCE), ARGS);
    expect((await sendHttp(served.port, { path: "/never" })).status).toBe(504);
    await becomesSecond(served);
    expect((await sendHttp(served.port)).status).toBe(200);
  });

  test("with an answer that has begun may take its time", async () => {
    const served = await startServe(await AppFolder.create(SOURCE), ARGS);
    const response = await openHttp(served.port, { path: "/stream" });
    const { body, isWhole } = await response.rest();
    expect({ text: body.toString(), isWhole }).toEqual({ text: "onetwo", isWhole: true });
    expect(served.linesAbout("took too long")).toEqual([]);
  });
});

async function becomesSecond(served: SupervisedProgram): Promise<void> {
  await served.logged("a worker process is ready", 2);
  await untilGone(served.workerPids()[0] ?? 0);
}
