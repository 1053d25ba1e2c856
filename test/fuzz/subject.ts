import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const COMMAND = "bin/uwsgi-bridge.js";
/** A heap that may grow does so before it collects: with this bound, in MiB, growth is what stays. */
const HEAP = "--max-old-space-size=40";

/** One of our commands in a process of its own, watched from outside. */
export class Subject {
  readonly #child: ChildProcess;
  #exit: string | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.once("exit", (code, signal) => {
      this.#exit = signal ?? `exit code ${code}`;
    });
  }

  /** Resolves when the process says that it serves. */
  static async start(args: readonly string[]): Promise<Subject> {
    const child = spawn(process.execPath, [HEAP, COMMAND, ...args], {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", (code) =>
        reject(new Error(`${args[0]} ended with exit code ${code} before it was ready`)),
      );
    });
    return new Subject(child);
  }

  /** Why it is no longer there; `undefined` while it runs. */
  get exit(): string | undefined {
    return this.#exit;
  }

  /** Resident memory in MiB, now. */
  get rssMib(): number {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }

  get openFiles(): number {
    const limits = readFileSync(`/proc/${this.#child.pid}/status`, "utf8");
    return Number(/FDSize:\s+(\d+)/.exec(limits)?.[1] ?? 0);
  }

  async stop(): Promise<void> {
    if (this.#exit !== undefined) return;
    const gone = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGKILL");
    await gone;
  }
}
