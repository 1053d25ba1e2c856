import { execFile, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePort } from "../support/ports.ts";
import { type Program, startProgram } from "../support/process.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { describeWith } from "./peers.ts";
import { startUwsgi } from "./uwsgi.ts";

const TIMEOUT_MS = 120_000;
/** Where the page says that the server is. */
const ADDRESS = "127.0.0.1:3031";

const page = readFileSync("protocol/README.md", "utf8");
const [, section = ""] = /^## 13\. (.*)/ms.exec(page) ?? [];
const commands = [...section.matchAll(/`(npx uwsgi-bridge [^`]*)`/g)].map(([, command = ""]) => command);

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describeWith(["uwsgi"], "section 13 of the specification, followed from the packed tarball", () => {
  let directory: string;
  let contractApp: string;
  const programs: Program[] = [];

  beforeAll(async () => {
    directory = await makeTempDir();
    install(directory);
    contractApp = join(directory, "node_modules/uwsgi-bridge/protocol/contract-app");
  }, TIMEOUT_MS);

  afterAll(async () => {
    for (const program of programs) await program.stop();
    await removeTempDir(directory);
  });

  test("has two commands: ask everything, explain a case", () => {
    expect(commands).toEqual([
      `npx uwsgi-bridge conformance worker --target ${ADDRESS}`,
      "npx uwsgi-bridge conformance worker --explain packet/value-into-body",
    ]);
  });

  test(
    "our worker with the TypeScript app passes",
    async () => {
      const port = await freePort();
      const worker = startProgram(
        "npx",
        [
          ...["uwsgi-bridge", "worker", join(contractApp, "app.ts"), "--socket", `127.0.0.1:${port}`],
          ...["--header-timeout", "1s", "--body-timeout", "1s"],
        ],
        { cwd: directory },
      );
      programs.push(worker);
      await worker.untilListening({ host: "127.0.0.1", port });
      const { code, stdout, stderr } = await follow(commands[0], port);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/cases, \d{3} passed, 0 failed/);
    },
    TIMEOUT_MS,
  );

  test(
    "uWSGI with the Python app is found to break a rule of the packet",
    async () => {
      const port = await freePort();
      const flags = ["--wsgi-file", join(contractApp, "app.py"), "--processes", "1", "--need-app"];
      const uwsgi = await startUwsgi(
        ["--socket", `127.0.0.1:${port}`, ...flags],
        [{ host: "127.0.0.1", port }],
        { cwd: directory },
      );
      programs.push(uwsgi);
      const { code, stdout } = await follow(`${commands[0]} --only packet/overlong-*`, port);
      expect(code).toBe(1);
      expect(stdout).toContain("FAIL packet/overlong-key-then-pair");
    },
    TIMEOUT_MS,
  );

  test("a case is explained", async () => {
    const { code, stdout } = await follow(commands[1], 0);
    expect(code).toBe(0);
    expect(stdout).toMatch(/section 3\.1[\s\S]*Sent: |Sent: [\s\S]*section 3\.1/);
  });

  /** Run a command of the page, for a server on another port. */
  function follow(command = "", port: number): Promise<Outcome> {
    const [program = "", ...args] = command.replace(ADDRESS, `127.0.0.1:${port}`).split(" ");
    return new Promise((done) => {
      const child = execFile(program, args, { cwd: directory, env: quiet() }, (_error, stdout, stderr) =>
        done({ code: child.exitCode, stdout, stderr }),
      );
    });
  }
});

/** What npm would fetch is taken from here, so that nothing is asked of a registry. */
function install(directory: string): void {
  run("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", directory], ".");
  const [tarball = ""] = readdirSync(directory).filter((name) => name.endsWith(".tgz"));
  const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as {
    dependencies: Record<string, string>;
  };
  const names = Object.keys(dependencies);
  const linked = names.map((name) => [name, `file:${resolve("node_modules", name)}`] as const);
  const project = {
    private: true,
    dependencies: { "uwsgi-bridge": `file:${tarball}`, ...Object.fromEntries(linked) },
    overrides: Object.fromEntries(names.map((name) => [name, `$${name}`] as const)),
  };
  writeFileSync(join(directory, "package.json"), JSON.stringify(project));
  run("npm", ["install", "--offline", "--ignore-scripts", "--no-audit", "--no-fund"], directory);
}

function run(program: string, args: readonly string[], cwd: string): void {
  const { status, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed: ${stderr}`);
}

/** npm warns of settings that whoever runs the tests may have. */
function quiet(): NodeJS.ProcessEnv {
  return { ...process.env, npm_config_loglevel: "error" };
}
