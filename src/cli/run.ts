import { READY_MESSAGE } from "../supervisor/child.ts";
import type { CliIo } from "./io.ts";
import { main } from "./main.ts";

const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT"] as const;

/** Run the command line of a process, and set its exit code. */
export async function run(process: NodeJS.Process): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), processIo(process));
  // The channel to the process that started us would keep this one alive.
  if (process.connected) process.disconnect();
}

function processIo(process: NodeJS.Process): CliIo {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    isTerminal: process.stderr.isTTY === true,
    env: process.env,
    cwd: process.cwd(),
    onStop: (listener) => {
      let count = 0;
      const stop = (): void => {
        count += 1;
        listener(count);
      };
      for (const signal of STOP_SIGNALS) process.on(signal, stop);
      // Without its parent, a child of ours has nothing to do.
      process.on("disconnect", stop);
      return () => {
        for (const signal of STOP_SIGNALS) process.off(signal, stop);
        process.off("disconnect", stop);
      };
    },
    reportReady: () => {
      process.send?.(READY_MESSAGE);
    },
  };
}
