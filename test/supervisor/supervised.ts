import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { LoggedProgram } from "../support/logged-program.ts";
import { appSource } from "../support/token-app.ts";

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
export class SupervisedProgram extends LoggedProgram {
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    super(args, env);
    onTestFinished(() => this.program.stop());
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
