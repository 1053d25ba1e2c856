import { Command, CommanderError } from "commander";
import { UwsgiBridgeError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { withoutAliases } from "./aliases.ts";
import { registerFront } from "./commands/front.ts";
import { registerInspect } from "./commands/inspect.ts";
import { registerPing } from "./commands/ping.ts";
import { registerRequest } from "./commands/request.ts";
import { registerServe } from "./commands/serve.ts";
import { registerWorker } from "./commands/worker.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { ExitError, errorLine } from "./failure.ts";
import type { CliIo } from "./io.ts";

/**
 * Run one command.
 *
 * @param args - Without the program's own name.
 * @returns The exit code: see {@link EXIT}.
 */
export async function main(args: readonly string[], io: CliIo): Promise<number> {
  const program = createProgram(io);
  try {
    await program.parseAsync(withoutAliases(args), { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (error instanceof ExitError) return error.exitCode;
    if (error instanceof UwsgiBridgeError) {
      io.stderr.write(errorLine(error));
      return exitCodeOf(error);
    }
    if (error instanceof Error && "syscall" in error) {
      io.stderr.write(`uwsgi-bridge: ${error.message}\n`);
      return EXIT.failure;
    }
    throw error;
  }
}

function createProgram(io: CliIo): Command {
  const program = new Command("uwsgi-bridge")
    .description("HTTP to applications through the uwsgi protocol")
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
    .showHelpAfterError("Add --help for the flags and for examples.");
  registerServe(program, io);
  registerFront(program, io);
  registerWorker(program, io);
  registerRequest(program, io);
  registerPing(program, io);
  registerInspect(program, io);
  program.addHelpText(
    "after",
    `
The path of a request:
  browser --HTTP--> front ==uwsgi over TCP or a Unix socket==> worker --environ--> your application

Start here:
  uwsgi-bridge serve app.ts --http :8080`,
  );
  return program;
}
