import { type ChildProcess, fork } from "node:child_process";
import { UpstreamError } from "../errors.ts";

/** A process of ours: it says when it is ready, ends when told to, and tells why it ended. */
export interface Child {
  /** Resolves when the process reports that it is ready; rejects when it ends before. */
  readonly ready: Promise<void>;
  /** Resolves with the exit code, or the signal, when the process is gone. */
  readonly exited: Promise<ChildExit>;
  /** Ask it to finish; kill it when it has not done so after `timeoutMs`. */
  stop(timeoutMs: number): Promise<ChildExit>;
}

export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** What a child sends when it serves. */
export const READY_MESSAGE = "ready";

/** How a child is started. */
export interface ChildOptions {
  /** The file to run with this Node. */
  readonly command: string;
  readonly args: readonly string[];
  /** Its environment; left out: ours. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}

/**
 * Start one of our own commands in a process of its own. Its output goes where ours goes. The channel between the two is how the
 * child learns that we are gone.
 */
export function startChild({ command, args, env }: ChildOptions): Child {
  const child = fork(command, [...args], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    ...(env && { env }),
  });
  const exited = exitOf(child);
  const ready = new Promise<void>((resolve, reject) => {
    child.on("message", (message) => {
      if (message === READY_MESSAGE) resolve();
    });
    void exited.then((exit) => reject(exitError(exit)));
  });
  ready.catch(() => undefined);
  return {
    ready,
    exited,
    stop: async (timeoutMs) => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
      const exit = await exited;
      clearTimeout(timer);
      return exit;
    },
  };
}

/** The error of a child that ended by itself. Its `cause` is the {@link ChildExit}. */
export function exitError(exit: ChildExit): UpstreamError {
  const how = exit.signal === null ? `with exit code ${exit.code}` : `by ${exit.signal}`;
  return new UpstreamError("UWB_ERR_CHILD_EXITED", `the worker process ended ${how}`, 503, { cause: exit });
}

function exitOf(child: ChildProcess): Promise<ChildExit> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", () => resolve({ code: 1, signal: null }));
  });
}
