import type { Readable, Writable } from "node:stream";
import type { ChildLink } from "./child-link.ts";

/** Signals that ask a supervisor for something else than to stop. */
export type ControlSignal = "SIGHUP" | "SIGTTIN" | "SIGTTOU";

/** Everything a command may know of the process it runs in. Tests make their own. */
export interface CliIo {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** Whether a person reads standard error. */
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  /** The supervisor that started this process, if one did. */
  readonly child: ChildLink | undefined;
  /** Call back at every request to stop; the argument is the number of requests so far. Returns how to stop listening. */
  onStop(listener: (count: number) => void): () => void;
  /** Call back at a signal. Returns how to stop listening. */
  onSignal(signal: ControlSignal, listener: () => void): () => void;
  /** Tell the process that started us that we serve. */
  reportReady(): void;
  /** Code that is not ours will run here: what it leaves open must not keep the process when the command has ended. */
  endWithCommand(): void;
}

/** Write a line to standard output. */
export function say(io: CliIo, line: string): void {
  io.stdout.write(`${line}\n`);
}
