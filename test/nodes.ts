// npm run test:nodes: the adapters, the worker and the responses of the front on every version of Node that is supported, brought by npm. `-- 22` asks for one.
import { type SpawnSyncOptions, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";

const VERSIONS = ["20", "22", "24"];
/** What leans on Node's own details. */
const TESTS = [
  "test/adapters",
  "test/worker",
  "test/front/response/front-response.test.ts",
  "test/interop/apps.test.ts",
  "test/interop/express-file.test.ts",
  "test/interop/websocket.test.ts",
];
const VITEST = resolve(import.meta.dirname, "../node_modules/vitest/vitest.mjs");
/** Where they stay from one run to the next. */
const CACHE = process.env["UWSGI_BRIDGE_NODES"] ?? join(homedir(), ".cache", "uwsgi-bridge", "nodes");

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly Assertion[];
  }[];
}

interface Assertion {
  readonly status: string;
  readonly fullName: string;
}

// A filter that fits no file would go unnoticed beside the others.
for (const path of TESTS) {
  if (!existsSync(resolve(import.meta.dirname, "..", path)))
    throw new Error(`${path} is not there: mend TESTS`);
}
const asked = process.argv.slice(2);
const outcomes = (asked.length > 0 ? asked : VERSIONS).map(testOn);
process.exitCode = outcomes.every(Boolean) ? 0 : 1;

function testOn(version: string): boolean {
  const node = nodeOf(version);
  if (node === undefined) return say(`Node ${version}: could not be installed`, false);
  const directory = mkdtempSync(join(tmpdir(), "uwb-nodes-"));
  try {
    const file = join(directory, "results.json");
    const reporters = ["--reporter=dot", "--reporter=json", `--outputFile.json=${file}`];
    // Programs that tests start by name run on the same version.
    const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env["PATH"]}` };
    const { status } = run(node, [VITEST, "run", ...reporters, ...TESTS], { env });
    return tell(runningVersion(node), file, status === 0);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The executable of a version: our own where it is that, else one that npm installs. */
function nodeOf(version: string): string | undefined {
  if (process.versions.node.startsWith(`${version}.`)) return process.execPath;
  const name = `node-${process.platform}-${process.arch}`;
  const prefix = join(CACHE, `n${version}`);
  const node = join(prefix, "node_modules", name, "bin", "node");
  if (!existsSync(node)) {
    mkdirSync(prefix, { recursive: true });
    run("npm", ["install", "--prefix", prefix, "--no-save", "--no-audit", "--no-fund", `${name}@${version}`]);
  }
  return existsSync(node) && runningVersion(node).startsWith(`v${version}.`) ? node : undefined;
}

function runningVersion(node: string): string {
  return spawnSync(node, ["--version"], { encoding: "utf8" }).stdout?.trim() ?? "";
}

function run(
  command: string,
  args: readonly string[],
  options: SpawnSyncOptions = {},
): { status: number | null } {
  return spawnSync(command, args, { ...options, stdio: ["ignore", "ignore", "inherit"] });
}

function tell(version: string, file: string, hasPassed: boolean): boolean {
  if (!existsSync(file)) return say(`Node ${version}: the tests did not run`, false);
  const results = JSON.parse(readFileSync(file, "utf8")) as Results;
  const { numPassedTests: passed, numFailedTests: failed } = results;
  for (const { name, message, assertionResults } of results.testResults) {
    if (message !== "") say(`  ${name}: ${message}`, false);
    for (const { status, fullName } of assertionResults)
      if (status === "failed") say(`  failed: ${fullName}`, false);
  }
  return say(`Node ${version}: ${passed} passed, ${failed} failed`, hasPassed && failed === 0 && passed > 0);
}

function say(line: string, outcome: boolean): boolean {
  process.stdout.write(`${line}\n`);
  return outcome;
}
