import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { LoggedProgram } from "../support/logged-program.ts";
import { makeTempDir, removeTempDir } from "../support/temp-dir.ts";
import { appSource } from "../support/token-app.ts";
import { sleep } from "../support/wait.ts";
import { readLedger } from "./ledger.ts";
import { Load } from "./load.ts";
import type { LoadPlan, LoadTotals } from "./load-plan.ts";

const SETTLE_MS = 200;

/** A program that serves HTTP. */
export interface ServingProgram {
  readonly program: LoggedProgram;
  readonly port: number;
}

/** Where one experiment is made: a directory, and whatever was started. */
export class Lab {
  readonly directory: string;
  readonly app: string;
  readonly #endings: (() => void | Promise<void>)[] = [];

  private constructor(directory: string) {
    this.directory = directory;
    this.app = join(directory, "app.mjs");
  }

  static async open(source: string = appSource("one")): Promise<Lab> {
    const lab = new Lab(await makeTempDir());
    await lab.write(source);
    return lab;
  }

  /** A new version of the application. */
  write(source: string): Promise<void> {
    return writeFile(this.app, source);
  }

  /** Where a worker listens. */
  get socket(): string {
    return join(this.directory, "s");
  }

  /** `serve` with the application. */
  serve(...args: string[]): Promise<ServingProgram> {
    return this.#http(["serve", this.app, ...args]);
  }

  /** `front` before the workers at {@link socket}, unless the arguments say otherwise. */
  front(...args: string[]): Promise<ServingProgram> {
    return this.#http(["front", ...(args.includes("--to") ? [] : ["--to", `unix:${this.socket}`]), ...args]);
  }

  /** `worker` with the application at {@link socket}. */
  async worker(...args: string[]): Promise<LoggedProgram> {
    const program = this.start(["worker", this.app, "-s", this.socket, ...args]);
    await program.program.untilListening({ path: this.socket });
    return program;
  }

  /** Our command with these arguments. */
  start(args: readonly string[]): LoggedProgram {
    const program = new LoggedProgram(args, { LEDGER: this.#ledger });
    this.atEnd(() => program.program.stop());
    return program;
  }

  async load(plan: LoadPlan): Promise<Load> {
    const load = await Load.start(plan);
    this.atEnd(() => load.end());
    return load;
  }

  /** A load of so many milliseconds. */
  async loadFor(durationMs: number, plan: LoadPlan): Promise<LoadTotals> {
    const load = await this.load(plan);
    await sleep(durationMs);
    return load.stop();
  }

  /** What the application has run, once it has had the time to write it down. */
  async ledger(): Promise<string[]> {
    await sleep(SETTLE_MS);
    return readLedger(this.#ledger);
  }

  atEnd(end: () => void | Promise<void>): void {
    this.#endings.unshift(end);
  }

  async close(): Promise<void> {
    for (const end of this.#endings) await end();
    await removeTempDir(this.directory);
  }

  get #ledger(): string {
    return join(this.directory, "ledger");
  }

  async #http(args: readonly string[]): Promise<ServingProgram> {
    const program = this.start([...args, "--http", "127.0.0.1:0"]);
    return { program, port: await program.httpPort() };
  }
}
