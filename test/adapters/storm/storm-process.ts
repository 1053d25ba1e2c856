import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { makeTempDir, removeTempDir } from "../../support/temp-dir.ts";
import { sleep } from "../../support/wait.ts";
import type { Addresses, Report } from "./program.ts";

const PROGRAM = `${import.meta.dirname}/program.ts`;
const LIMIT_MS = 15_000;
const LOOK_EVERY_MS = 5;

/** The program of a storm, and what it says about itself. */
export class StormProcess {
  readonly addresses: Addresses;
  readonly #child: ChildProcess;
  readonly #directory: string;

  private constructor(child: ChildProcess, directory: string, addresses: Addresses) {
    this.#child = child;
    this.#directory = directory;
    this.addresses = addresses;
  }

  static async start(kind: string): Promise<StormProcess> {
    const directory = await makeTempDir();
    const child = fork(PROGRAM, [kind, directory], {
      execArgv: ["--import", "tsx", "--expose-gc"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const [addresses] = (await once(child, "message")) as [Addresses];
    return new StormProcess(child, directory, addresses);
  }

  async report(): Promise<Report> {
    const answered = once(this.#child, "message") as Promise<[Report]>;
    this.#child.send("report");
    return (await answered)[0];
  }

  /** Ask until it is so. */
  async until(isSo: (report: Report) => boolean, what: string): Promise<Report> {
    const deadline = performance.now() + LIMIT_MS;
    for (;;) {
      const report = await this.report();
      if (isSo(report)) return report;
      if (performance.now() > deadline) throw new Error(`in vain until ${what}: ${JSON.stringify(report)}`);
      await sleep(LOOK_EVERY_MS);
    }
  }

  /** Let `/drain` read. */
  release(): void {
    this.#child.send("release");
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
    await removeTempDir(this.#directory);
  }
}
