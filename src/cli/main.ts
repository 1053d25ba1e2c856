import { Command, CommanderError } from "commander";
import { UwsgiBridgeError } from "../errors.ts";
import { VERSION } from "../version.ts";
import { withoutAliases } from "./aliases.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { ExitError, errorLine, errorText } from "./failure.ts";
import { foreignFlagAdvice } from "./foreign-flags.ts";
import type { CliIo } from "./io.ts";

type Register = (program: Command, io: CliIo) => void;

/** The commands, in the order of the help. Each is loaded when it is asked for: a worker has no use for the code of the front. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  serve: async () => (await import("./commands/serve.ts")).registerServe,
  front: async () => (await import("./commands/front.ts")).registerFront,
  worker: async () => (await import("./commands/worker.ts")).registerWorker,
  request: async () => (await import("./commands/request.ts")).registerRequest,
  ping: async () => (await import("./commands/ping.ts")).registerPing,
  inspect: async () => (await import("./commands/inspect.ts")).registerInspect,
  conformance: async () => (await import("./commands/conformance.ts")).registerConformance,
};

/**
 * Run one command.
 *
 * @param args - Without the program's own name.
 * @returns The exit code: see {@link EXIT}.
 */
export async function main(args: readonly string[], io: CliIo): Promise<number> {
  const program = createProgram(io);
  const named = Object.hasOwn(COMMANDS, args[0] ?? "") ? [args[0] as string] : Object.keys(COMMANDS);
  for (const name of named) (await COMMANDS[name]?.())?.(program, io);
  try {
    await program.parseAsync(withoutAliases(args), { from: "user" });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError) {
      const advice = foreignFlagAdvice(named[0] ?? "", error.message);
      if (advice !== undefined) io.stderr.write(`  ${advice}\n`);
    }
    return exitCodeAfter(error, io);
  }
}

/** Say on stderr what went wrong, unless it was said already. What is not ours to explain is thrown on. */
async function exitCodeAfter(error: unknown, io: CliIo): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof ExitError) return error.exitCode;
  if (error instanceof UwsgiBridgeError) {
    // A supervisor names the errors of its processes, each once.
    if (io.child) await io.child.failed(errorText(error));
    else io.stderr.write(errorLine(error));
    return exitCodeOf(error);
  }
  if (error instanceof Error && "syscall" in error) {
    io.stderr.write(`uwsgi-bridge: ${error.message}\n`);
    return EXIT.failure;
  }
  throw error;
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
