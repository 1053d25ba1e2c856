import { READY_MESSAGE } from "../supervisor/child.ts";
import type { CliIo } from "./io.ts";
import { main } from "./main.ts";

const STOP_SIGNALS = ["SIGTERM", "SIGINT", "SIGQUIT"] as const;

/** Time for what was written last to leave, in milliseconds. */
const FAREWELL_MS = 500;

/** Run the command line of a process, and set its exit code. */
export async function run(process: NodeJS.Process): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreBrokenPipe);
  let endsWithCommand = false;
  const endWithCommand = (): void => {
    endsWithCommand = true;
  };
  process.exitCode = await main(process.argv.slice(2), { ...processIo(process), endWithCommand });
  // The channel to the process that started us would keep this one alive.
  if (process.connected) process.disconnect();
  // Nobody waits for this who has nothing else to wait for.
  if (endsWithCommand) setTimeout(() => process.exit(), FAREWELL_MS).unref();
}

/** Whoever read our output has left, as `| head` does. That is no reason to die: not for help, and less so for a server. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
}

function processIo(process: NodeJS.Process): Omit<CliIo, "endWithCommand"> {
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
