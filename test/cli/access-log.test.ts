import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
import { describe, expect, onTestFinished, test } from "vitest";
import { type AccessLogFlags, accessLogOptions, addAccessLogFlags } from "../../src/cli/access-log-flags.ts";
import { addExplainFlags, type ExplainFlags, explainOptions } from "../../src/cli/explain-flags.ts";
import { definedOnly } from "../../src/cli/front-flags.ts";
import { TestIo } from "../support/cli-io.ts";
import { startHttpCli } from "../support/cli-program.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { sleep, until } from "../support/wait.ts";

const COMMAND = fileURLToPath(new URL("../../bin/uwsgi-bridge.js", import.meta.url));

function parsed<T extends object>(add: (command: Command) => Command, args: readonly string[]): T {
  const command = add(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  command.parse(args, { from: "user" });
  return command.opts<T>();
}

async function home(): Promise<string> {
  const directory = await makeTempDir();
  onTestFinished(() => removeTempDir(directory));
  return directory;
}

describe("flags", () => {
  const io = new TestIo();
  const terminal = Object.assign(new TestIo(), {});
  Object.assign(terminal.stdout, { isTTY: true });

  test.each([
    { args: [], options: { accessLog: false } },
    { args: ["--access-log", "off"], options: { accessLog: false } },
    { args: ["--access-log", "a.log"], options: { accessLog: "a.log" } },
    { args: ["--access-log", "-"], options: { accessLog: io.stdout } },
    { args: ["--log-format", "common"], options: { accessLog: false, logFormat: "common" } },
    { args: ["--log-query", "off"], options: { accessLog: false, logQuery: false } },
    { args: ["--request-id-header", "X-Id"], options: { accessLog: false, requestIdHeader: "X-Id" } },
    { args: ["--request-id-header", "off"], options: { accessLog: false, requestIdHeader: false } },
    { args: ["--trace", "on"], options: { accessLog: false, trace: true } },
  ])("$args", ({ args, options }) => {
    expect(accessLogOptions(parsed<AccessLogFlags>(addAccessLogFlags, args), io)).toEqual(options);
  });

  test.each([
    { args: ["--access-log", "-"], format: "combined" },
    { args: ["--access-log", "-", "--log-format", "json"], format: "json" },
    { args: ["--access-log", "a.log"], format: undefined },
  ])("on a terminal $args mean $format", ({ args, format }) => {
    const { logFormat } = accessLogOptions(parsed<AccessLogFlags>(addAccessLogFlags, args), terminal);
    expect(logFormat).toBe(format);
  });

  test.each([
    { args: ["--error-details", "on"], options: { errorDetails: true } },
    {
      args: ["--error-page", "404=a=b.html", "--error-page=5xx=c"],
      options: { errorPages: { "404": "a=b.html", "5xx": "c" } },
    },
  ])("$args", ({ args, options }) => {
    expect(definedOnly(explainOptions(parsed<ExplainFlags>(addExplainFlags, args)))).toEqual(options);
  });

  test.each(["404", "404=", "200=a", "6xx=a", "=a", "40=a"])("--error-page %s is refused", (text) => {
    expect(() => parsed(addExplainFlags, ["--error-page", text])).toThrow(/CODE=FILE/);
  });
});

test("two processes write to one file", async () => {
  const log = join(await home(), "access.log");
  const site = await home();
  const args = ["front", "--static-map", `/=${site}`, "--access-log", log, "--processes", "2"];
  const { port, program } = await startHttpCli(args);
  for (let index = 0; index < 10; index += 1) {
    const response = await fetch(`http://127.0.0.1:${port}/${index}`, { headers: { connection: "close" } });
    expect(response.status).toBe(404);
  }
  await program.stop("SIGTERM");
  const lines = (await readFile(log, "utf8")).split("\n").slice(0, -1);
  const targets = lines.map((line) => (JSON.parse(line) as { target: string }).target);
  expect(targets.sort()).toEqual(Array.from({ length: 10 }, (_, index) => `/${index}`));
});

/** A front that logs to a pipe, of which its first line was read. */
async function startPiped() {
  const site = await home();
  await writeFile(join(site, "a.txt"), "a");
  const args = ["front", "--static-map", `/=${site}`, "--access-log", "-", "--http", "127.0.0.1:0"];
  const program = spawn(process.execPath, [COMMAND, ...args], { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void program.kill("SIGKILL"));
  const [first] = (await once(program.stdout, "data")) as [Buffer];
  const [, port] = /:(\d+)\//.exec(first.toString()) ?? [];
  return { program, url: `http://127.0.0.1:${port}/a.txt` };
}

test("standard output that nobody reads holds up no request, and later tells how many lines were lost", async () => {
  const { program, url } = await startPiped();
  program.stdout.pause();
  // Each byte of it stands in the log as six.
  const headers = { "user-agent": "\u00ff".repeat(4000) };
  const count = 100;
  for (let index = 0; index < count; index += 1) {
    const response = await fetch(url, { headers });
    expect([response.status, await response.text()]).toEqual([200, "a"]);
  }
  let text = "";
  program.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  program.stdout.resume();
  const lost = (): number => Number(/\{"time":"[^"]+","lostLines":(\d+)\}\n$/.exec(text)?.[1] ?? 0);
  await until(() => lost() > 0, "the log tells how many lines were lost");
  const lines = text.trimEnd().split("\n");
  expect(lines.length - 1 + lost()).toBe(count);
  for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
});

test("a reader of standard output that has left ends no server", async () => {
  const { program, url } = await startPiped();
  program.stdout.destroy();
  for (let index = 0; index < 5; index += 1) {
    expect((await fetch(url)).status).toBe(200);
    // Longer than lines are collected: each is a write that fails.
    await sleep(40);
  }
  expect(program.exitCode).toBeNull();
});
