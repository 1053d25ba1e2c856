import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { WorkerTarget } from "../../protocol/conformance/worker/worker-target.ts";
import { main } from "../../src/cli/main.ts";
import { formatEndpoint } from "../../src/net/endpoint.ts";
import { startContractWorker } from "../conformance/contract-worker.ts";
import { startMutant } from "../conformance/relay.ts";
import { runCli, TestIo } from "../support/cli-io.ts";
import { temporaryDirectory } from "../support/endpoints.ts";
import { refusingAddress, stall, startPeer } from "../support/rude-peers.ts";
import { startWorker, type Transport, textApp, transports } from "../support/workers.ts";

const CLEAR_LINE = "\r\x1b[K";
const QUICK = ["--only", "packet/w*", "--only", "mounting"];

test.each(transports)("a worker over %s that keeps the rules: 0", async (transport) => {
  const { code, out, err } = await conformance("--target", await contractWorker(transport), ...QUICK);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toContain("The contract app is there: gateway, Node v");
  expect(out).toMatch(/\n {2}mounting {2}13 of 13 passed\n/);
  expect(out).toMatch(/\n\d+ cases, \d+ passed, 0 failed in \d+\.\d s\n$/);
});

describe("a worker that breaks a rule", () => {
  test("a MUST: 1, with the rule, what was due and the bytes that came", async () => {
    const target = await mutant("HTTP/1.1 200 OK\nX: \xff\n\nhello");
    const { code, out } = await conformance(
      "--target",
      target,
      "--only",
      "response-framing/lines-end-in-crlf",
    );
    expect(code).toBe(1);
    expect(out).toContain(
      "FAIL response-framing/lines-end-in-crlf  MUST  Every line of the head ends in CR LF\n",
    );
    expect(out).toContain("     expected  no bare CR or LF in the head\n");
    expect(out).toContain('     answer    "HTTP/1.1 200 OK\\nX: \\xff\\n\\nhello"\n');
    expect(out).toContain("     source    RFC 9112 section 2.2\n");
  });

  test("a SHOULD: 0, and 1 with --strict", async () => {
    const target = await mutant("HTTP/1.1 200 OK\r\n\r\nhello");
    const args = ["--target", target, "--only", "response-framing/length-added"];
    const { code, out } = await conformance(...args);
    expect(code).toBe(0);
    expect(out).toContain("warn response-framing/length-added  SHOULD");
    expect(out).toMatch(/1 cases, 0 passed, 0 failed, 1 against a SHOULD in/);
    expect((await conformance(...args, "--strict")).code).toBe(1);
  });
});

describe("2, and why", () => {
  test.each(transports)("nobody listens over %s", async (transport) => {
    const { code, out, err } = await conformance(
      "--target",
      formatEndpoint(await refusingAddress(transport)),
    );
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^uwsgi-bridge: no connection: connect E(?:CONNREFUSED|NOENT) /);
  });

  test("another application", async () => {
    const { endpoint } = await startWorker(textApp("a shop"));
    const { code, err } = await conformance("--target", formatEndpoint(endpoint));
    expect(code).toBe(2);
    expect(err).toContain(
      'does not run the contract app: to /contract it answered HTTP/1.1 200 OK, body "a shop"',
    );
  });

  test("a contract app in two processes", async () => {
    let calls = 0;
    const target = await startMutant(await startContractWorker("tcp"), {
      packet: (packet) => {
        calls += 1;
        const token = calls % 2 === 0 ? "/odd" : "";
        return {
          ...packet,
          vars: packet.vars.map(([key, value]) => [key, value.replace(/(?<=\/c\w+)\//, `${token}/`)]),
        };
      },
    });
    const { code, err } = await conformance("--target", address(target));
    expect(code).toBe(2);
    expect(err).toContain("run it in one process");
  });

  test("a server that never answers", async () => {
    const target = formatEndpoint(await startPeer(stall));
    const { code, err } = await conformance("--target", target, "--timeout", "50ms");
    expect(code).toBe(2);
    expect(err).toContain("it answered no answer in time, the connection still open");
  });

  test.each([
    { name: "no target", args: [], message: "--target is missing" },
    { name: "no such case", args: ["--explain", "packet/x"], message: 'there is no case "packet/x"' },
    { name: "no case left", args: ["--only", "x", "--target", ":1"], message: "no case fits --only" },
    { name: "no jobs", args: ["--jobs", "0"], message: "Expected at least 1" },
    { name: "no such split", args: ["--split", "half"], message: "Allowed choices are whole, bytes, random" },
  ])("$name", async ({ args, message }) => {
    const { code, err } = await conformance(...args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

test("--list names cases and runs none", async () => {
  const { code, out } = await conformance("--list", "--only", "mounting");
  expect(code).toBe(0);
  expect(out.trimEnd().split("\n")).toHaveLength(13);
  expect(out).toMatch(/^mounting\/script-and-path +MUST {4}SCRIPT_NAME and PATH_INFO reach/);
});

test("--explain tells the rule, its source, the bytes and what is allowed", async () => {
  const { code, out } = await conformance("--explain", "packet/datasize-zero");
  expect(code).toBe(0);
  expect(out).toMatch(/^packet\/datasize-zero\n\nMUST: A packet without vars/);
  expect(out).toContain("Source: protocol/README.md section 2\n");
  expect(out).toContain(
    'Sent: "\\x00\\x00\\x00\\x00"\nAllowed: a status from 400 to 599, or the connection closed',
  );
});

test("--json, --junit and --markdown write files, --tap prints, and two runs are the same", async () => {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  const files = ["--json", "a.json", "--junit", "a.xml", "--markdown", "a.md", "--tap"];
  const args = ["conformance", "worker", "--target", await contractWorker("tcp"), ...QUICK, ...files];
  const first = await runCli(args, { cwd: path });
  const json = await readFile(join(path, "a.json"), "utf8");
  expect(first.out).toMatch(/^TAP version 13\n1\.\.\d+\nok 1 - packet\/well-formed\n/);
  expect(JSON.parse(json)).toMatchObject({ suite: "worker", split: "whole", counts: { failed: 0 } });
  expect(await readFile(join(path, "a.xml"), "utf8")).toContain(
    '<testsuite name="mounting" tests="13" failures="0"',
  );
  expect(await readFile(join(path, "a.md"), "utf8")).toContain("| `packet/well-formed` | MUST |");
  const second = await runCli(args, { cwd: path });
  expect(second.out).toBe(first.out);
  expect(await readFile(join(path, "a.json"), "utf8")).toBe(json);
});

test("a person who watches sees how far it is, and nothing is left of that", async () => {
  class WatchedIo extends TestIo {
    override readonly isTerminal = true as unknown as false;
  }
  const io = new WatchedIo();
  expect(await main(["conformance", "worker", "--target", await contractWorker("tcp"), ...QUICK], io)).toBe(
    0,
  );
  const lines = io.stderr.text.split(CLEAR_LINE);
  expect(lines[1]).toMatch(/^1 of \d+ {2}(?:packet|mounting)\//);
  expect(lines.at(-1)).toBe("");
});

test("cases whose routes the contract app does not have are left out, and named", async () => {
  const { path, remove } = await temporaryDirectory();
  onTestFinished(remove);
  const target = await startMutant(await startContractWorker("tcp"), {
    answer: (honest) => Buffer.from(honest.toString("latin1").replace('"env",', '"xxx",'), "latin1"),
  });
  const args = [
    "conformance",
    "worker",
    "--target",
    address(target),
    "--only",
    "mounting",
    "--json",
    "a.json",
  ];
  const { code, out } = await runCli(args, { cwd: path });
  expect(code).toBe(0);
  expect(out).toContain("; 9 cases left out, whose routes it has not.\n");
  expect(out).toMatch(/\n4 cases, 4 passed, 0 failed, 9 left out in /);
  const { leftOut } = JSON.parse(await readFile(join(path, "a.json"), "utf8"));
  expect(leftOut).toContain("mounting/script-and-path");
});

function conformance(...args: string[]): ReturnType<typeof runCli> {
  return runCli(["conformance", "worker", ...args]);
}

async function contractWorker(transport: Transport): Promise<string> {
  return address(await startContractWorker(transport));
}

function address(target: WorkerTarget): string {
  return "path" in target ? `unix:${target.path}` : `${target.host}:${target.port}`;
}

/** Answers this to everything but the questions that come first. */
async function mutant(answer: string): Promise<string> {
  const target = await startMutant(await startContractWorker("tcp"), {
    answer: (honest, packet) =>
      packet?.vars.some(([, value]) => /^\/(?:contract|call|counts)/.test(value))
        ? honest
        : Buffer.from(answer, "latin1"),
  });
  return address(target);
}
