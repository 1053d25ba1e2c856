import { type ChildProcess, spawn } from "node:child_process";
import { type Connection, isAccepting } from "./ports.ts";

/** A program that a test has started, and that can not outlive it. */
export interface Program {
  /** What it wrote to standard output and standard error so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Wait until what it wrote to either stream matches. Rejects when the program ends first. */
  untilOutput(pattern: RegExp): Promise<RegExpExecArray>;
  /** Wait until it accepts connections there. Rejects when the program ends first. */
  untilListening(address: Connection): Promise<void>;
  /** End it and everything it has started. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Where and how to run a program. */
export interface ProgramOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Our own environment, where servers are found as well: in Debian they are not on the path of ordinary users. */
export const serverEnv: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${process.env["PATH"]}:/usr/local/sbin:/usr/sbin:/sbin`,
};

const GUARD = `${import.meta.dirname}/guard.sh`;
const READY_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 10;
/** A program that was asked to stop gets this long before it is killed. */
const GRACE_MS = 3000;

/** Start a program with its arguments, without a shell. It is the leader of a process group of its own. */
export function startProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Program {
  const child = spawn(GUARD, [command, ...args], {
    cwd: options.cwd,
    env: { ...serverEnv, ...options.env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  return new GuardedProgram(child, [command, ...args].join(" "));
}

class GuardedProgram implements Program {
  stdout = "";
  stderr = "";
  readonly #child: ChildProcess;
  readonly #commandLine: string;
  readonly #exited: Promise<void>;
  #hasExited = false;

  constructor(child: ChildProcess, commandLine: string) {
    this.#child = child;
    this.#commandLine = commandLine;
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.#exited = new Promise((resolve) => {
      child.once("close", () => {
        this.#hasExited = true;
        resolve();
      });
    });
  }

  untilOutput(pattern: RegExp): Promise<RegExpExecArray> {
    return this.#until(() => pattern.exec(this.stdout) ?? pattern.exec(this.stderr), `writes ${pattern}`);
  }

  async untilListening(address: Connection): Promise<void> {
    await this.#until(() => isAccepting(address), `listens on ${JSON.stringify(address)}`);
  }

  async stop(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    this.#signal(signal);
    const timer = setTimeout(() => this.#signal("SIGKILL"), GRACE_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid !== undefined && !this.#hasExited) process.kill(-pid, signal);
  }

  async #until<T>(look: () => T | null | false | Promise<T | false>, what: string): Promise<T> {
    const deadline = performance.now() + READY_WITHIN_MS;
    for (;;) {
      // Asked before looking: what it wrote last counts.
      const isOver = this.#hasExited || performance.now() > deadline;
      const found = await look();
      if (found !== null && found !== false) return found;
      if (isOver)
        throw new Error(`it is in vain to wait until "${this.#commandLine}" ${what}:\n${this.#log()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  #log(): string {
    return `${this.stdout}${this.stderr}`.slice(-4000);
  }
}
