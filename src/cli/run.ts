import { type ChildLink, childLinkOf } from "./child-link.ts";
import type { CliIo } from "./io.ts";
import { main } from "./main.ts";

/** What process managers wait for that have opened a channel. */
const READY_MESSAGE = "ready";
const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT"] as const;

/** Run the command line of a process, and set its exit code. */
export async function run(process: NodeJS.Process): Promise<void> {
  const link = childLinkOf(process);
  let stops = 0;
  const io = processIo(process, link);
  const onStop: CliIo["onStop"] = (listener) =>
    io.onStop((count) => {
      stops = count;
      listener(count);
    });
  process.exitCode = await main(process.argv.slice(2), { ...io, onStop });
  await link?.close();
  // What the application has left open would keep the process, and its supervisor waiting; and who says it twice means now.
  if (link || stops > 1) process.exit();
  // The channel to the process that started us would keep this one alive.
  if (process.connected) process.disconnect();
}

function processIo(process: NodeJS.Process, link: ChildLink | undefined): CliIo {
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
