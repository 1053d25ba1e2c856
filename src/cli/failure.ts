import { UwsgiBridgeError } from "../errors.ts";
import { exitCodeOf } from "./exit-codes.ts";
import type { CliIo } from "./io.ts";

/** A command has said what there is to say, and ends with this code. */
export class ExitError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** What went wrong, with its code. The error of a process of ours tells what went wrong there. */
export function errorText(error: UwsgiBridgeError): string {
  const isTold = error.code === "UWB_ERR_CHILD_EXITED" && / \[UWB_ERR_\w+\]$/.test(error.message);
  return isTold ? error.message : `${error.message} [${error.code}]`;
}

/** An error of ours as the command line tells it. */
export function errorLine(error: UwsgiBridgeError): string {
  return `uwsgi-bridge: ${errorText(error)}\n`;
}

/**
 * Tell an error and what to do about it.
 *
 * @param hints - Lines for an error of ours; any other is returned as it is.
 * @returns What the command is to throw.
 */
export function failure(
  io: CliIo,
  error: unknown,
  hints: (error: UwsgiBridgeError) => readonly string[],
): unknown {
  if (!(error instanceof UwsgiBridgeError)) return error;
  io.stderr.write(errorLine(error));
  for (const hint of hints(error)) io.stderr.write(`  ${hint}\n`);
  return new ExitError(exitCodeOf(error));
}
