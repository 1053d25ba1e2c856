import { type ChildLink, childLinkOf } from "./child-link.ts";
import type { CliIo } from "./io.ts";
import { main } from "./main.ts";

const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT"] as const;

/** Run the command line of a process, and set its exit code. */
export async function run(process: NodeJS.Process): Promise<void> {
  const link = childLinkOf(process);
  process.exitCode = await main(process.argv.slice(2), processIo(process, link));
  if (link) {
    await link.close();
    // What the application has left open would keep the process, and its supervisor waiting.
    process.exit();
  }
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
    reportReady: () => link?.ready(),
  };
}

function onStopSignal(process: NodeJS.Process, listener: (count: number) => void): () => void {
  let count = 0;
  const stop = (): void => {
    count += 1;
    listener(count);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, stop);
  return () => {
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
  };
}
