import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A process that a workspace started. */
export interface Peer {
  readonly pid: number;
  readonly isRunning: boolean;
  /** The end of what it wrote, for the case that it does not work. */
  lastWords(): string;
  /** Ask it to end, and kill it with all its children when it does not. */
  stop(): Promise<void>;
}

const STOP_TIMEOUT_MS = 3000;
const LAST_WORDS_CHARACTERS = 300;

/**
 * A temporary directory and the processes that were started in it. Each process leads a group of its own, so that what it starts in turn
 * is found and ended with it.
 */
export class Workspace {
  readonly directory: string;
  readonly #peers = new Set<StartedPeer>();
  #runs = 0;
  #isClosed = false;

  constructor() {
    this.directory = mkdtempSync(join(tmpdir(), "uwsgi-bridge-bench-"));
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  /** Write a file. @returns Its path. */
  write(name: string, text: string): string {
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** Start a program. What it writes goes to a file here. */
  start(name: string, command: string, args: readonly string[]): Peer {
    return this.#spawn(command, args, `${name}.log`);
  }

  /** Run a program to its end. @returns What it wrote. */
  async run(name: string, command: string, args: readonly string[]): Promise<string> {
    this.#runs += 1;
    const peer = this.#spawn(command, args, `${name}-${this.#runs}.log`);
    await peer.ended;
    this.#peers.delete(peer);
    return peer.output();
  }

  /** End everything and leave nothing behind. Nothing can be started any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([...this.#peers].map((peer) => peer.stop()));
    this.closeNow();
  }

  /** The same without waiting, for the last moment of the process. */
  closeNow(): void {
    this.#isClosed = true;
    for (const peer of this.#peers) peer.kill();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  #spawn(command: string, args: readonly string[], log: string): StartedPeer {
    if (this.#isClosed) throw new Error("the workspace is closed");
    const peer = new StartedPeer(command, args, this.path(log));
    this.#peers.add(peer);
    return peer;
  }
}

class StartedPeer implements Peer {
  readonly #log: string;
  readonly #process: ChildProcess;
  readonly ended: Promise<void>;
  #isRunning = true;
  #failure = "";

  constructor(command: string, args: readonly string[], log: string) {
    this.#log = log;
    const output = openSync(log, "a");
    this.#process = spawn(command, [...args], {
      cwd: join(import.meta.dirname, ".."),
      detached: true,
      stdio: ["ignore", output, output],
      env: { ...process.env, NODE_ENV: "production", PYTHONDONTWRITEBYTECODE: "1" },
    });
    closeSync(output);
    this.ended = new Promise((resolve) => {
      const end = (): void => {
        this.#isRunning = false;
        resolve();
      };
      this.#process.once("exit", end);
      this.#process.once("error", (error) => {
        this.#failure = error.message;
        end();
      });
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  output(): string {
    return this.#failure || readFileSync(this.#log, "latin1").trim();
  }

  lastWords(): string {
    return this.output().slice(-LAST_WORDS_CHARACTERS).replaceAll("\n", " | ");
  }

  async stop(): Promise<void> {
    this.#signal("SIGTERM");
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_TIMEOUT_MS);
    });
    await Promise.race([this.ended, tooLong]);
    clearTimeout(timer);
    this.kill();
    await this.ended;
  }

  /** The whole group, also when its leader has gone. */
  kill(): void {
    this.#signal("SIGKILL");
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.pid === 0) return;
    try {
      process.kill(-this.pid, signal);
    } catch {
      // The group is empty.
    }
  }
}

/** A TCP port of this machine that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
