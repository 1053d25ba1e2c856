import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { parseEndpoint } from "../../src/net/endpoint.ts";
import { runCli, TestIo } from "../support/cli-io.ts";
import { startCli } from "../support/cli-program.ts";
import { freePort, isAccepting } from "../support/ports.ts";
import { bodyOf, converse, requestBytes } from "../support/raw-peer.ts";

const APPS = fileURLToPath(new URL("../adapters/apps/", import.meta.url));
const COMMAND = fileURLToPath(new URL("../../bin/uwsgi-bridge.js", import.meta.url));

const IN_THIS_PROCESS = ["--processes", "0"];

describe("worker", () => {
  test.each([
    { args: ["koa.mjs"], kind: "koa", text: "hello from koa" },
    { args: ["bare-fetch.mjs", "--interface", "fetch"], kind: "fetch", text: "hello from bare" },
    { args: ["gateway.mjs:admin", "--interface", "gateway"], kind: "gateway", text: "hello from gateway" },
    { args: ["factories.mjs:create()"], kind: "listener", text: "hello from create" },
    { args: ["url.mjs"], kind: "listener", text: "/x" },
    { args: ["url.mjs", "--mount-mode", "keep"], kind: "listener", text: "/shop/x" },
    { args: ["hooks-fetch.mjs"], kind: "fetch", text: "hello from fetch" },
  ])("$args runs a $kind application", async ({ args, kind, text }) => {
    const worker = await startWorker(args);
    expect(worker.io.stderr.text).toContain(`"kind":"${kind}"`);
    expect(await worker.get()).toBe(text);
    expect(await worker.stop()).toBe(0);
  });

  test("shutdown runs after the last request", async () => {
    const program = startCli(["worker", `${APPS}hooks.mjs`, "-s", "127.0.0.1:0", ...IN_THIS_PROCESS]);
    onTestFinished(() => program.stop());
    const [, address = ""] = await program.untilOutput(/worker listens on ([\d.:]+)/);
    expect(await get(address)).toBe("hello from startup");
    expect(await get(address)).toBe("hello from startup");
    await program.stop("SIGTERM");
    expect(program.stdout).toBe("shutdown after 2 requests\n");
  });

  test("an Express file that listens by itself is run, and its port stays closed", async () => {
    const port = await freePort();
    const args = ["listens.cjs", "--capture-listen", "--env", `PORT=${port}`];
    const worker = await startWorker(args);
    expect(await isAccepting({ host: "127.0.0.1", port })).toBe(false);
    expect(await worker.get("/hello")).toBe("hello from listens");
    expect(await worker.stop()).toBe(0);
  });

  test("a captured application that ends its process when its server has closed cuts no request", async () => {
    const program = startCli([
      "worker",
      `${APPS}listens-and-ends.mjs`,
      "--capture-listen",
      "-s",
      "127.0.0.1:0",
    ]);
    onTestFinished(() => program.stop());
    const [, address = ""] = await program.untilOutput(/worker listens on ([\d.:]+)/);
    const answer = get(address);
    await program.untilOutput(/a request is open/);
    await program.stop("SIGTERM");
    expect(await answer).toBe("answered to the end");
    expect(program.stdout).toBe("a request is open\nclosed\n");
  });

  test("--lint checks a gateway application, and logs what is doubtful", async () => {
    const worker = await startWorker(["doubtful.mjs", "--lint"]);
    expect(await worker.get()).toBe("doubtful");
    expect(worker.io.stderr.text).toMatch(/"id":"A\d+","side":"application"/);
    await worker.stop();
    const unchecked = await startWorker(["doubtful.mjs"]);
    expect(await unchecked.get()).toBe("doubtful");
    expect(unchecked.io.stderr.text).not.toContain('"side"');
    await unchecked.stop();
  });

  test("--lint of another application says what it checks", async () => {
    const worker = await startWorker(["koa.mjs", "--lint"]);
    expect(worker.io.stderr.text).toContain("--lint checks the adapter of this application");
    expect(await worker.get()).toBe("hello from koa");
    expect(await worker.stop()).toBe(0);
  });
});

describe("what ends a worker before it serves", () => {
  test.each([
    { args: ["empty.mjs"], code: 3, err: /empty\.mjs has no export .* \[UWB_ERR_APP_LOAD\]\n$/ },
    { args: ["hanging.mjs", "--load-timeout", "500ms"], code: 3, err: /did not finish within 500 ms/ },
    {
      args: ["startup-failing.mjs"],
      code: 3,
      err: /the hook startup of startup-failing\.mjs failed: TypeError: no database \(.*:2:9\) \[UWB_ERR_APP_LOAD\]/,
    },
    { args: ["koa.mjs", "--interface", "fetch"], code: 3, err: /a Koa application: no application for/ },
    { args: ["koa.mjs", "--interface", "wsgi"], code: 2, err: /Allowed choices are gateway, node, fetch/ },
    { args: ["koa.mjs", "--mount-mode", "none"], code: 2, err: /Allowed choices are strip, keep/ },
    { args: ["koa.mjs", "--load-timeout", "soon"], code: 2, err: /Expected a time such as 500ms/ },
    { args: ["koa.mjs", "--load-timeout", "0"], code: 2, err: /loadTimeoutMs must be a whole number from 1/ },
    {
      args: ["koa.mjs", "--interface", "fetch", "--capture-listen"],
      code: 2,
      err: /--capture-listen does not go with --interface fetch/,
    },
  ])("$args: exit code $code", async ({ args, code, err }) => {
    const result = await runCli(["worker", ...args, "-s", "127.0.0.1:0", ...IN_THIS_PROCESS], { cwd: APPS });
    expect(result).toMatchObject({ code, out: "" });
    expect(result.err).toMatch(err);
  });

  test("an application that has opened something does not keep the process when it fails", async () => {
    await expect(run("worker", `${APPS}throwing.mjs`)).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringMatching(
        /RangeError: no database \(.*\/throwing\.mjs:3:7\) \[UWB_ERR_APP_LOAD\]/,
      ) as string,
    });
  });

  test("serve ends with the exit code of its worker, which has said why", async () => {
    const args = ["serve", `${APPS}koa.mjs`, "--interface", "gateway", "--http", "127.0.0.1:0"];
    await expect(run(...args)).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringContaining(
        "is a Koa application: no application for --interface gateway",
      ) as string,
    });
  });
});

/** Run the command in a process of its own, to its end. */
function run(...args: readonly string[]): Promise<unknown> {
  return promisify(execFile)(process.execPath, [COMMAND, ...args], { timeout: 15_000 });
}

interface RunningWorker {
  readonly io: TestIo;
  get(path?: string): Promise<string>;
  /** Resolves with the exit code. */
  stop(): Promise<number>;
}

async function startWorker(args: readonly string[]): Promise<RunningWorker> {
  const io = new TestIo({ cwd: APPS });
  const ended = main(["worker", ...args, "-s", "127.0.0.1:0", ...IN_THIS_PROCESS], io);
  await Promise.race([io.ready, ended]);
  const [, address = ""] = /worker listens on ([\d.:]+)/.exec(io.stderr.text) ?? [];
  expect(address, io.stderr.text).not.toBe("");
  const stop = (): Promise<number> => {
    io.stop();
    return ended;
  };
  return { io, get: (path) => get(address, path), stop };
}

async function get(address: string, path = "/x"): Promise<string> {
  const vars = { SCRIPT_NAME: "/shop", PATH_INFO: path, REQUEST_URI: `/shop${path}` };
  const { text } = await converse(parseEndpoint(address, "socket"), [requestBytes(vars)]);
  return bodyOf(text);
}
