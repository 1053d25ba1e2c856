import { type ChildLink, childLinkOf } from "./child-link.ts";
import type { CliIo } from "./io.ts";
import { main } from "./main.ts";

/** What process managers wait for that have opened a channel. */
const READY_MESSAGE = "ready";
const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT"] as const;

/** Time for what was written last to leave, in milliseconds. */
const FAREWELL_MS = 500;

/** Run the command line of a process, and set its exit code. */
export async function run(process: NodeJS.Process): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreBrokenPipe);
  const link = childLinkOf(process);
  let stops = 0;
  let endsWithCommand = false;
  const endWithCommand = (): void => {
    endsWithCommand = true;
  };
  const io = processIo(process, link);
  const onStop: CliIo["onStop"] = (listener) =>
    io.onStop((count) => {
      stops = count;
      listener(count);
    });
  process.exitCode = await main(process.argv.slice(2), { ...io, onStop, endWithCommand });
  await link?.close();
  // What the application has left open would keep the process, and its supervisor waiting; and who says it twice means now.
  if (link || stops > 1) process.exit();
  // The channel to the process that started us would keep this one alive.
  if (process.connected) process.disconnect();
  // Nobody waits for this who has nothing else to wait for.
  if (endsWithCommand) setTimeout(() => process.exit(), FAREWELL_MS).unref();
}

/** Whoever read our output has left, as `| head` or a terminal does. That is no reason to die: not for help, and less so for a server. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE" && error.code !== "EIO") throw error;
}

function processIo(process: NodeJS.Process, link: ChildLink | undefined): Omit<CliIo, "endWithCommand"> {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    isTerminal: process.stderr.isTTY === true,
    env: process.env,
    cwd: process.cwd(),
    pid: process.pid,
    child: link,
    onStop: (listener) => (link ? link.onStop(listener) : onStopSignal(process, listener)),
    onSignal: (signal, listener) => {
      process.on(signal, listener);
      return () => void process.off(signal, listener);
    },
    reportReady: () => {
      if (link) link.ready();
      else if (process.connected) process.send?.(READY_MESSAGE, undefined, undefined, () => undefined);
    },
  };
}

function onStopSignal(process: NodeJS.Process, listener: (count: number) => void): () => void {
  let count = 0;
  const stop = (): void => {
    count += 1;
    listener(count);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
  // Whoever has opened a channel and closes it, or dies, has no use for us any more.
  process.on("disconnect", stop);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
    process.off("disconnect", stop);
  };
}
