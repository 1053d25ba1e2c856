import { type ChildProcess, fork } from "node:child_process";
import { UpstreamError } from "../errors.ts";
import {
  CHANNEL_FD,
  type ChildMessage,
  type ChildPlace,
  messageOf,
  PLACE_VARIABLE,
  type SupervisorMessage,
} from "./messages.ts";
import type { ChildExit } from "./rules/events.ts";

/** A process of ours, while it lives. */
export interface Child {
  /** `undefined` when it could not be started; its exit follows. */
  readonly pid: number | undefined;
  tell(message: SupervisorMessage): void;
  kill(): void;
}

/** What is heard of a process. */
export interface ChildListener {
  onMessage(message: ChildMessage): void;
  onExit(exit: ChildExit): void;
}

/** How a process is started. */
export interface ChildOptions {
  /** The file to run with this Node. */
  readonly command: string;
  readonly args: readonly string[];
  /** Its environment; left out: ours. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Descriptors of ours that it inherits. */
  readonly fds: readonly number[];
  readonly place: Omit<ChildPlace, "fds">;
}

/** Standard streams and the channel come first among the descriptors of a process. */
const FIRST_FD = CHANNEL_FD + 1;
/** How long the channel of a process that has ended may stay open: something it started may hold it. */
const LAST_WORDS_MS = 1000;

/**
 * Start one of our own commands in a process of its own. Its output goes where ours goes. The channel between the two is how the
 * child learns that we are gone.
 */
export function startChild(options: ChildOptions, listener: ChildListener): Child {
  const { command, args, env = process.env, fds } = options;
  const place: ChildPlace = { ...options.place, fds: fds.map((_, index) => FIRST_FD + index) };
  const child = fork(command, [...args], {
    stdio: ["ignore", "inherit", "inherit", "ipc", ...fds],
    env: { ...env, [PLACE_VARIABLE]: JSON.stringify(place) },
  });
  child.on("message", (value) => {
    const message = messageOf<ChildMessage>(value);
    if (message) listener.onMessage(message);
  });
  listenForExit(child, listener);
  return {
    pid: child.pid,
    // One that has just ended does not hear us: its exit is on the way.
    tell: (message) => void (child.connected && child.send(message, () => undefined)),
    kill: () => void child.kill("SIGKILL"),
  };
}

/** The error of a process that could not be started. Its `cause` is the {@link ChildExit}. */
export function startError(exit: ChildExit, reason: string): UpstreamError {
  return new UpstreamError("UWB_ERR_CHILD_EXITED", reason, 503, { cause: exit });
}

/** What it said last may still be on its way when it has ended: both are waited for. */
function listenForExit(child: ChildProcess, listener: ChildListener): void {
  let isOver = false;
  const over = (exit: ChildExit): void => {
    if (isOver) return;
    isOver = true;
    listener.onExit(exit);
  };
  child.once("exit", (code, signal) => {
    const exit = { code, signal };
    if (!child.connected) {
      over(exit);
      return;
    }
    child.once("disconnect", () => over(exit));
    setTimeout(() => over(exit), LAST_WORDS_MS);
  });
  child.once("error", () => {
    if (child.pid === undefined) over({ code: 1, signal: null });
  });
}
