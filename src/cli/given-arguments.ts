import type { Command } from "commander";

/** The arguments of a command as they were given, its name first: what a process needs to run the same command. */
export function givenArguments(command: Command): readonly string[] {
  const { rawArgs } = command.parent as unknown as { readonly rawArgs: readonly string[] };
  return rawArgs;
}
