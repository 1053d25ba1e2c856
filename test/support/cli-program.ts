import { fileURLToPath } from "node:url";
import { type Program, type ProgramOptions, startProgram } from "./process.ts";

/** The command that npm would install. It runs what was built last. */
const COMMAND = fileURLToPath(new URL("../../bin/uwsgi-bridge.js", import.meta.url));

/** Our command line in a process of its own. */
export function startCli(args: readonly string[], options: ProgramOptions = {}): Program {
  return startProgram(process.execPath, [COMMAND, ...args], options);
}

/** Start `front` or `serve` on a free port of 127.0.0.1 and wait until it serves. */
export async function startHttpCli(
  args: readonly string[],
): Promise<{ readonly port: number; readonly program: Program }> {
  const program = startCli([...args, "--http", "127.0.0.1:0"]);
  const [, port] = await program.untilOutput(/http:\/\/127\.0\.0\.1:(\d+)\//);
  return { port: Number(port), program };
}
