import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Endpoint, formatEndpoint } from "../../src/net/endpoint.ts";
import { relayBefore } from "../conformance/front-relays.ts";
import { startOurFront } from "../conformance/front-subject.ts";
import { type CliResult, runCli } from "../support/cli-io.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import { freePort } from "../support/ports.ts";
import { answerWith, startPeer } from "../support/rude-peers.ts";

test("a front that keeps the rules: 0, over TCP and a Unix socket", async () => {
  const directory = await temporaryDirectory();
  const unix: Endpoint = { type: "unix", path: join(directory.path, "app.sock") };
  const tcp: Endpoint = { type: "tcp", host: "127.0.0.1", port: await freePort() };
  for (const worker of [tcp, unix]) {
    const { port } = await startOurFront(worker);
    const { code, out, err } = await conformance(port, worker, "--only", "host", "--only", "surplus/*");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`http://127.0.0.1:${port} before ${formatEndpoint(worker)}, split whole\n`);
    expect(out).toMatch(/\n {2}host +16 of 16 passed\n/);
  }
  await directory.remove();
});

test("a front that breaks a MUST: 1, and the report says how", async () => {
  const { port, worker } = await startWrongFront();
  const directory = await temporaryDirectory();
  const file = join(directory.path, "results.json");
  const { code, out } = await conformance(port, worker, "--only", "surplus/one-byte", "--json", file);
  expect(code).toBe(1);
  expect(out).toContain("FAIL surplus/one-byte  MUST");
  expect(out).toContain('bytes follow that belong to no answer: "surplus"');
  expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject({ suite: "front", counts: { failed: 1 } });
  await directory.remove();
});

describe("2, and why", () => {
  test("no front", async () => {
    const { code, err } = await conformance(await freePort(), await freeWorker());
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringMatching(/^uwsgi-bridge: the front can not be reached: connect ECONNREFUSED/),
    });
  });

  test("a server that has another worker, or none", async () => {
    const peer = await startPeer(answerWith("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"));
    if (peer.type !== "tcp") throw new Error("HTTP is tested over TCP");
    const { code, err } = await conformance(peer.port, await freeWorker());
    expect(code).toBe(2);
    expect(err).toContain("does not answer an ordinary request");
  });

  test("the address is taken", async () => {
    const taken = await startPeer(() => undefined);
    const { code, err } = await conformance(await freePort(), taken);
    expect(code).toBe(2);
    expect(err).toMatch(/can not listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
  });

  test.each([
    [["--listen", "127.0.0.1:3031"], "--url is missing"],
    [["--url", "http://127.0.0.1:1"], "--listen is missing"],
    [["--url", "https://127.0.0.1:1", "--listen", ":3031"], "Expected http://host:port"],
    [["--url", "127.0.0.1:1", "--listen", ":3031"], "Expected http://host:port"],
  ])("%j", async (args, text) => {
    const { code, err } = await runCli(["conformance", "front", ...args]);
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(text) });
  });
});

test("--list and --explain ask nobody", async () => {
  const { out } = await runCli(["conformance", "front", "--list", "--only", "truncation"]);
  expect(out.split("\n").length).toBeGreaterThan(15);
  const { out: one } = await runCli(["conformance", "front", "--explain", "surplus/second-answer"]);
  expect(one).toContain("The worker answers: HTTP/1.1 200 OK⏎Content-Length: 15⏎⏎{T}HTTP/1.1 200 OK");
});

function conformance(port: number, worker: Endpoint, ...args: readonly string[]): Promise<CliResult> {
  const url = `http://127.0.0.1:${port}`;
  return runCli(["conformance", "front", "--url", url, "--listen", formatEndpoint(worker), ...args]);
}

async function freeWorker(): Promise<Endpoint> {
  return { type: "tcp", host: "127.0.0.1", port: await freePort() };
}

async function startWrongFront(): Promise<{ port: number; worker: Endpoint }> {
  const worker = await freeWorker();

  let answers = 0;
  const { port } = await relayBefore(await startOurFront(worker), {
    // The first answer shows the suite that there is a front.
    answer: (text) => {
      answers += 1;
      return answers === 1 ? text : `${text}surplus`;
    },
  });
  return { port, worker };
}
