import { describe, expect, test } from "vitest";
import { main } from "../../src/cli/main.ts";
import { formatEndpoint } from "../../src/net/endpoint.ts";
import { BrokenPipe, runCli, TestIo } from "../support/cli-io.ts";
import {
  answerWith,
  closeSilently,
  refusingAddress,
  resetAtOnce,
  stall,
  startPeer,
} from "../support/rude-peers.ts";
import { startWorker, textApp, transports } from "../support/workers.ts";

describe.each(transports)("over %s", (transport) => {
  test("a pong is told with its time", async () => {
    const where = await worker(transport);
    const { code, out, err } = await runCli(["ping", where]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^pong from (127\.0\.0\.1:\d+|unix:\/.*app\.sock) in \d+\.\d ms\n$/);
    expect(out).toContain(where);
  });

  test("refused: 10", async () => {
    const { code, out, err } = await runCli(["ping", formatEndpoint(await refusingAddress(transport))]);
    expect({ code, out }).toEqual({ code: 10, out: "" });
    expect(err).toContain("is the server running");
  });

  test("no answer: 11", async () => {
    const where = formatEndpoint(await startPeer(stall, transport));
    const { code, err } = await runCli(["ping", where, "--timeout", "40ms"]);
    expect(code).toBe(11);
    expect(err).toContain("did not answer within 40 ms");
  });

  test("closed without a word: 12, and uWSGI's plugin is named", async () => {
    const { code, err } = await runCli(["ping", formatEndpoint(await startPeer(closeSilently, transport))]);
    expect(code).toBe(12);
    expect(err).toContain("[UWB_ERR_UPSTREAM_CLOSED]\n  - uWSGI answers a ping only with its ping plugin");
  });
});

test.each([
  { name: "a reset", behave: resetAtOnce, code: "UWB_ERR_UPSTREAM_RESET" },
  {
    name: "an answer that is no pong",
    behave: answerWith("HTTP/1.1 400 Bad\r\n\r\n"),
    code: "UWB_ERR_NOT_UWSGI",
  },
])("$name: 12", async ({ behave, code }) => {
  const result = await runCli(["ping", formatEndpoint(await startPeer(behave))]);
  expect(result).toMatchObject({ code: 12, out: "", err: expect.stringContaining(code) });
});

test("a warning is told, escaped", async () => {
  const where = formatEndpoint(await startPeer(answerWith("\x64\x05\x00\x01a\x1bbcd")));
  expect((await runCli(["ping", where])).out).toMatch(/ms, with a warning: a\\x1bbcd\n$/);
});

describe("--count", () => {
  test("asks so often, and sums up", async () => {
    const { code, out } = await runCli(["ping", await worker(), "-c", "3", "--interval", "1ms"]);
    expect(code).toBe(0);
    expect(out.split("\n")).toHaveLength(5);
    expect(out).toMatch(/\n3 of 3 answered; fastest [\d.]+ ms, median [\d.]+ ms, slowest [\d.]+ ms\n$/);
  });

  test("one failure among them is a failure", async () => {
    let connections = 0;
    const target = await startPeer((socket) => {
      connections += 1;
      if (connections === 2) closeSilently(socket);
      else answerWith("\x64\x00\x00\x01")(socket);
    });
    const { code, out } = await runCli(["ping", formatEndpoint(target), "-c", "3", "--interval", "1ms"]);
    expect(code).toBe(12);
    expect(out).toContain("2 of 3 answered");
  });

  test("without any answer there are no times", async () => {
    const where = formatEndpoint(await refusingAddress());
    const { code, out } = await runCli(["ping", where, "-c", "2", "--interval", "1ms"]);
    expect({ code, out }).toEqual({ code: 10, out: "0 of 2 answered\n" });
  });
});

test("--quiet prints failures only", async () => {
  expect(await runCli(["ping", await worker(), "-q", "-c", "2", "--interval", "1ms"])).toMatchObject({
    code: 0,
    out: "",
    err: "",
  });
  const refused = await runCli(["ping", formatEndpoint(await refusingAddress()), "--quiet"]);
  expect(refused).toMatchObject({
    code: 10,
    out: "",
    err: expect.stringContaining("UWB_ERR_UPSTREAM_CONNECT"),
  });
});

test("a reader who leaves ends it without a word", async () => {
  class UnreadIo extends TestIo {
    override readonly stdout = new BrokenPipe();
  }
  const io = new UnreadIo();
  expect(await main(["ping", await worker(), "-c", "1000", "--interval", "1ms"], io)).toBe(0);
  expect(io.stderr.text).toBe("");
});

test.each([
  { name: "no target", args: [] },
  { name: "a target that is none", args: ["app"] },
  { name: "no pings at all", args: [":1", "-c", "0"] },
  { name: "a time that is none", args: [":1", "--timeout", "soon"] },
])("$name is wrong usage: 2", async ({ args }) => {
  expect((await runCli(["ping", ...args])).code).toBe(2);
});

async function worker(transport: (typeof transports)[number] = "tcp"): Promise<string> {
  return formatEndpoint((await startWorker(textApp(""), {}, { transport })).endpoint);
}
