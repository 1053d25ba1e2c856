import { type Command, InvalidArgumentError } from "commander";
import type { ExplainOptions } from "../front/explain/explain-options.ts";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { parseSwitch } from "./flags.ts";

/** The flags about error answers as commander delivers them. */
export interface ExplainFlags {
  readonly errorDetails?: boolean;
  readonly errorPage?: Record<string, string>;
}

/** Give a command the flags about error answers. */
export function addExplainFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.reports)
    .option(
      "--error-details <on|off>",
      "for development: tell clients what went wrong, where, and what to do (default: off)",
      parseSwitch,
    )
    .option(
      "--error-page <code=file>",
      "the page for a status, 4xx or 5xx of the front's own; may be repeated",
      collectPage,
    );
}

/** The options of a front about error answers, from its flags. */
export function explainOptions(flags: ExplainFlags): {
  [K in keyof ExplainOptions]: ExplainOptions[K] | undefined;
} {
  return { errorDetails: flags.errorDetails, errorPages: flags.errorPage };
}

/** `CODE=FILE`, which may be given several times. @returns file by status, or by class of statuses */
function collectPage(text: string, earlier: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, status, file] = /^([45](?:\d\d|xx))=(.+)$/.exec(text) ?? [];
  if (status === undefined || file === undefined)
    throw new InvalidArgumentError("Expected CODE=FILE, such as 404=not-found.html or 5xx=sorry.html.");
  return { ...earlier, [status]: file };
}
