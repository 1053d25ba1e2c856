import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Endpoint, formatEndpoint } from "../../src/net/endpoint.ts";
import { BuggyWorker } from "../conformance/buggy-worker.ts";
import { startContractWorker } from "../conformance/contract-worker.ts";
import { startOurFront } from "../conformance/front-subject.ts";
import { type CliResult, runCli } from "../support/cli-io.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import { freePort } from "../support/ports.ts";
import { startWorker, textApp } from "../support/workers.ts";

const FEW = ["--runs", "200", "--hang", "5s"];

test("a worker and a front of ours: 0, and the figures", async () => {
  const worker = await startContractWorker("unix");
  const address = "path" in worker ? `unix:${worker.path}` : "";
  const behind: Endpoint = { type: "tcp", host: "127.0.0.1", port: await freePort() };
  const { port } = await startOurFront(behind);
  const front = ["--front", `http://127.0.0.1:${port}`, "--listen", formatEndpoint(behind)];
  const { code, out, err } = await fuzz("--worker", address, ...front, "--seed", "3", ...FEW);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  for (const kind of ["packets", "answers", "requests"])
    expect(out).toMatch(new RegExp(`^${kind}, seed 3: 200 runs in [\\d.]+ s, \\d+ a second$`, "m"));
  expect(out.match(/^ {2}0 findings$/gm)).toHaveLength(3);
});

test("what is found is written as a vector, and both ways to see it again see it: 1", async () => {
  const { path } = await BuggyWorker.start("injection");
  const directory = await temporaryDirectory();
  const out = join(directory.path, "found");
  const found = await fuzz("--worker", `unix:${path}`, "--runs", "3000", "--seed", "1", "--out", out);
  expect(found.code).toBe(1);
  expect(found.out).toContain("FOUND invalid-http: ");
  const [file = ""] = await readdir(out);
  expect(file).toMatch(/^packets-invalid-http-[0-9a-f]{8}\.json$/);
  const commands = [...found.out.matchAll(/uwsgi-bridge conformance fuzz (.*)/g)].map(
    ([, args = ""]) => args,
  );
  expect(commands.length).toBeGreaterThanOrEqual(2);
  for (const args of commands.slice(0, 2)) {
    const again = await fuzz(...args.split(" "), "--out", out);
    expect({ args, code: again.code }).toEqual({ args, code: 1 });
    expect(again.out).toContain("FOUND invalid-http: ");
    expect(again.out).toContain(": 1 runs in ");
  }
  await directory.remove();
});

test("--time is enough to end", async () => {
  const { path } = await BuggyWorker.start();
  const { code, out } = await fuzz("--worker", `unix:${path}`, "--time", "200ms");
  expect(code).toBe(0);
  expect(out).toMatch(/^packets, seed 1: \d+ runs in 0\.\d s/);
});

test.each([
  [[], "--worker or --front is missing"],
  [["--front", "http://127.0.0.1:1"], "--front and --listen belong together"],
  [["--worker", ":1", "--listen", ":2"], "--front and --listen belong together"],
  [["--worker", "unix:/nowhere/app.sock"], "packets: nobody accepts connections"],
  [["--worker", ":1", "--only", "answers"], "answers need --front and --listen"],
  [["--worker", ":1", "--replay", "/nowhere.json"], "ENOENT"],
  [["--worker", ":1", "--jobs", "0"], "Expected at least 1"],
])("2, and why: %j", async (args, text) => {
  const { code, err } = await fuzz(...args);
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(text) });
});

test("a worker without the contract app: 2, and what to do", async () => {
  const { endpoint } = await startWorker(textApp("hello"));
  const { code, err } = await fuzz("--worker", formatEndpoint(endpoint));
  expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining("protocol/contract-app") });
});

function fuzz(...args: readonly string[]): Promise<CliResult> {
  return runCli(["conformance", "fuzz", ...args]);
}
