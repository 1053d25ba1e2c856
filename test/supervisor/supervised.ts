import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { startCli } from "../support/cli-program.ts";
import type { Program } from "../support/process.ts";
import { until } from "../support/wait.ts";

/** A line that our command has logged. */
export interface LoggedLine {
  readonly msg: string;
  readonly pid: number;
  readonly [field: string]: unknown;
}

/** Answers with `version`, the number of its process, its token and how its environ sees it; `/hang` never ends, `/die` ends the process. */
export function appSource(version: string): string {
  return `import { appendFileSync } from "node:fs";
export const application = async (environ, startResponse) => {
  const body = await environ["wsgi.input"].read();
  if (environ.REQUEST_METHOD === "POST" && process.env.LEDGER) appendFileSync(process.env.LEDGER, body.toString() + "\\n");
  if (environ.PATH_INFO === "/die") process.exit(7);
  if (environ.PATH_INFO === "/slow") await new Promise((resolve) => setTimeout(resolve, 700));
  if (environ.PATH_INFO === "/hang") {
    console.log("hanging");
    await new Promise(() => setInterval(() => {}, 1000));
  }
  startResponse("200 OK", [["Content-Type", "text/plain"]]);
  return [Buffer.from(["${version}", process.pid, environ["uwsgi_bridge.worker"], body.toString() || environ.QUERY_STRING].join(" "))];
};
`;
}

/** What an application of {@link appSource} has answered. */
export interface Answer {
  readonly version: string;
  readonly pid: number;
  readonly worker: number;
  readonly token: string;
}

export function answerOf(text: string): Answer {
  const [version = "", pid, worker, token = ""] = text.split(" ");
  return { version, pid: Number(pid), worker: Number(worker), token };
}

/** A directory with an application that a test may rewrite. */
export class AppFolder {
  readonly path: string;
  readonly app: string;

  private constructor(path: string) {
    this.path = path;
    this.app = join(path, "app.mjs");
  }

  static async create(source: string = appSource("one")): Promise<AppFolder> {
    const folder = new AppFolder(await mkdtemp(join(tmpdir(), "uwb-")));
    onTestFinished(() => rm(folder.path, { recursive: true, force: true }));
    await folder.write(source);
    return folder;
  }

  write(source: string): Promise<void> {
    return writeFile(this.app, source);
  }

  file(name: string): string {
    return join(this.path, name);
  }
}

/** Our command with its processes, ended with everything it has started when the test is over. */
export class SupervisedProgram {
  readonly program: Program;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.program = startCli(args, { env });
    onTestFinished(() => this.program.stop());
  }

  /** Everything logged so far. */
  get lines(): LoggedLine[] {
    return this.program.stderr
      .split("\n")
      .filter((line) => line.startsWith("{") && line.endsWith("}"))
      .map((line) => JSON.parse(line) as LoggedLine);
  }

  linesAbout(text: string): LoggedLine[] {
    return this.lines.filter(({ msg }) => msg.includes(text));
  }

  /** Wait until so many lines with this text were logged. */
  async logged(text: string, count = 1): Promise<LoggedLine[]> {
    await until(() => this.linesAbout(text).length >= count, `${count} times "${text}"`, 15_000).catch(
      (error) => {
        throw new Error(`${String(error)}:\n${this.program.stdout}${this.program.stderr}`);
      },
    );
    return this.linesAbout(text);
  }

  /** The number of the supervisor's own process. */
  async pid(): Promise<number> {
    const [line] = await this.logged("a worker process is started");
    return line?.pid ?? 0;
  }

  /** The numbers of the worker processes, in the order in which they were started. */
  workerPids(): number[] {
    return this.linesAbout("a worker process is started").map(({ workerPid }) => Number(workerPid));
  }

  /** Where HTTP is served. */
  async httpPort(): Promise<number> {
    const [, port] = await this.program.untilOutput(/http:\/\/127\.0\.0\.1:(\d+)\//);
    return Number(port);
  }

  async signal(name: NodeJS.Signals): Promise<void> {
    process.kill(await this.pid(), name);
  }
}

/** `serve` on a free port of this machine. */
export async function startServe(
  folder: AppFolder,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<SupervisedProgram & { readonly port: number }> {
  const supervised = new SupervisedProgram(["serve", folder.app, "--http", "127.0.0.1:0", ...args], env);
  return Object.assign(supervised, { port: await supervised.httpPort() });
}

/** `worker` on a Unix socket in the folder of its application. */
export async function startWorkers(
  folder: AppFolder,
  args: readonly string[] = [],
): Promise<SupervisedProgram & { readonly socket: string }> {
  const socket = folder.file("s");
  const supervised = new SupervisedProgram(["worker", folder.app, "-s", socket, ...args]);
  await supervised.program.untilListening({ path: socket });
  return Object.assign(supervised, { socket });
}

/** Wait until a process has ended. */
export function untilGone(pid: number): Promise<void> {
  return until(() => !isAlive(pid), `process ${pid} has ended`, 15_000);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
