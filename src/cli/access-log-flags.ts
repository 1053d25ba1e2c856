import type { Command } from "commander";
import type { AccessLogOptions } from "../front/access-log/access-log-options.ts";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { parseSwitch } from "./flags.ts";
import type { CliIo } from "./io.ts";

/** The flags about the access log as commander delivers them. */
export interface AccessLogFlags {
  readonly accessLog?: string;
  readonly logFormat?: string;
  readonly logQuery?: boolean;
  readonly requestIdHeader?: string;
  readonly trace?: boolean;
}

/** Give a command the flags about the access log. */
export function addAccessLogFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.reports)
    .option("--access-log <file|-|off>", "a line for every request, - for standard output (default: off)")
    .option(
      "--log-format <format>",
      "json, combined, common, uwsgi, or a template with $variables (default: combined on a terminal, else json)",
    )
    .option("--log-query <on|off>", "keep the query of targets in logs (default: on)", parseSwitch)
    .option(
      "--request-id-header <name|off>",
      "give every request an id, to the application and in the response (default: off)",
    )
    .option(
      "--trace <on|off>",
      "begin a trace for requests without a traceparent (default: off)",
      parseSwitch,
    );
}

/** The options of a front about the access log, from its flags. */
export function accessLogOptions(flags: AccessLogFlags, io: CliIo): AccessLogOptions {
  const { accessLog = "off", logQuery, requestIdHeader, trace } = flags;
  const isOnTerminal = accessLog === "-" && "isTTY" in io.stdout && io.stdout.isTTY === true;
  const logFormat = flags.logFormat ?? (isOnTerminal ? "combined" : undefined);
  return {
    accessLog: accessLog === "off" ? false : accessLog === "-" ? io.stdout : accessLog,
    ...(logFormat === undefined ? {} : { logFormat }),
    ...(logQuery === undefined ? {} : { logQuery }),
    ...(requestIdHeader === undefined
      ? {}
      : { requestIdHeader: requestIdHeader === "off" ? false : requestIdHeader }),
    ...(trace === undefined ? {} : { trace }),
  };
}
