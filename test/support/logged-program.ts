import { startCli } from "./cli-program.ts";
import type { Program } from "./process.ts";
import { until } from "./wait.ts";

/** A line that our command has logged. */
export interface LoggedLine {
  readonly msg: string;
  readonly pid: number;
  readonly [field: string]: unknown;
}

/** Our command with its processes, and what it logs. */
export class LoggedProgram {
  readonly program: Program;
  readonly #lines: LoggedLine[] = [];
  #read = 0;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.program = startCli(args, { env });
  }

  /** Everything logged so far. */
  get lines(): readonly LoggedLine[] {
    const { stderr } = this.program;
    for (let end = stderr.indexOf("\n", this.#read); end !== -1; end = stderr.indexOf("\n", this.#read)) {
      const line = stderr.slice(this.#read, end);
      this.#read = end + 1;
      if (line.startsWith("{") && line.endsWith("}")) this.#lines.push(JSON.parse(line) as LoggedLine);
    }
    return this.#lines;
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
