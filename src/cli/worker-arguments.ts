import type { AppFlags } from "./app-flags.ts";
import type { CommonFlags } from "./common-flags.ts";
import type { WorkerFlags } from "./worker-flags.ts";

/** The arguments that hand the worker's flags of `serve` to the worker command of its child process. */
export function workerArguments(flags: AppFlags & WorkerFlags & CommonFlags): string[] {
  const values: Readonly<Record<string, string | number | undefined>> = {
    "--interface": flags.interface,
    "--load-timeout": milliseconds(flags.loadTimeout),
    "--mount-mode": flags.mountMode,
    "--buffer-size": flags.bufferSize,
    "--max-vars": flags.maxVars,
    "--header-timeout": milliseconds(flags.headerTimeout),
    "--body-timeout": milliseconds(flags.bodyTimeout),
    "--send-timeout": milliseconds(flags.sendTimeout),
    "--concurrency": flags.concurrency,
    "--queue-size": flags.queueSize,
    "--harakiri": milliseconds(flags.harakiri),
    "--graceful-timeout": milliseconds(flags.gracefulTimeout),
    "--log-level": flags.logLevel,
  };
  const args: string[] = [];
  for (const [flag, value] of Object.entries(values)) {
    if (value !== undefined) args.push(flag, String(value));
  }
  if (flags.captureListen) args.push("--capture-listen");
  if (flags.lint) args.push("--lint");
  if (flags.halfOpen) args.push("--half-open");
  if (flags.chunkedInput) args.push("--chunked-input");
  for (const [name, value] of Object.entries(flags.environ ?? {})) args.push("--environ", `${name}=${value}`);
  return args;
}

function milliseconds(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value}ms`;
}
