import type { Connection } from "../support/ports.ts";
import { type Program, type ProgramOptions, startProgram } from "../support/process.ts";
import { UWSGI_PLUGINS } from "./installations.ts";

/** Start uWSGI with these flags, and wait until it accepts connections at all of these addresses. */
export async function startUwsgi(
  flags: readonly string[],
  addresses: readonly Connection[],
  options: ProgramOptions = {},
): Promise<Program> {
  const program = startProgram(
    "uwsgi",
    ["--plugins", UWSGI_PLUGINS, "--master", "--disable-logging", ...flags],
    options,
  );
  for (const address of addresses) await program.untilListening(address);
  return program;
}
