import type { Command } from "commander";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { collectDirectory, collectDirectoryOf } from "./flags.ts";
import type { GivenOptions } from "./given-options.ts";

/** The flags about files that applications name as commander delivers them. */
export interface OffloadFlags {
  readonly accelRoot?: Record<string, string>;
  readonly sendfileRoot?: string[];
}

/** Give a command the flags about files that applications name. */
export function addOffloadFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.files)
    .option(
      "--accel-root <prefix=dir>",
      "send files that X-Accel-Redirect names below a prefix; may be repeated",
      collectDirectoryOf,
    )
    .option(
      "--sendfile-root <dir>",
      "send files in this directory that X-Sendfile names; may be repeated",
      collectDirectory,
    );
}

/** The options of a front about files that applications name, from its flags. */
export function offloadOptions(flags: OffloadFlags): GivenOptions {
  return {
    accelRoots: flags.accelRoot,
    sendfileRoots: flags.sendfileRoot,
  };
}
