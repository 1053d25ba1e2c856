import { type Command, Option } from "commander";
import type { Interface } from "../adapters/application-kind.ts";
import type { LoadedApp, LoadOptions } from "../adapters/load-app.ts";
import type { Application } from "../gateway/types.ts";
import type { Logger } from "../log.ts";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { parseDuration } from "./flags.ts";

/** What the argument of a command that runs an application may be. */
export const APP_ARGUMENT = "application module: file.ts, file.ts:callable or file.ts:factory()";

/** The flags that say how an application is loaded and called. */
export interface AppFlags {
  readonly interface?: Interface;
  readonly captureListen?: boolean;
  readonly loadTimeout?: number;
  readonly mountMode?: "strip" | "keep";
  readonly lint?: boolean;
}

/** Give a command the flags of the application. */
export function addAppFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.application)
    .addOption(
      new Option(
        "--interface <kind>",
        "what the application is: (environ, startResponse), (req, res) or fetch (default: seen from its export)",
      ).choices(["gateway", "node", "fetch"]),
    )
    .option(
      "--capture-listen",
      "run the first HTTP server that the module lets listen, and open no port for it",
    )
    .option("--load-timeout <time>", "longest time for the application to load (default: 30s)", parseDuration)
    .addOption(
      new Option(
        "--mount-mode <mode>",
        "SCRIPT_NAME in the URL of a Node application: strip takes it off (default: strip)",
      ).choices(["strip", "keep"]),
    )
    .option("--lint", "check both sides of the gateway interface at every request, for development");
}

/** The options of loading, from the flags. */
export function loadOptions(flags: AppFlags): LoadOptions {
  return {
    interface: flags.interface,
    captureListen: flags.captureListen,
    loadTimeoutMs: flags.loadTimeout,
    mount: flags.mountMode,
  };
}

/** The application as the worker is to run it: behind the validator with `--lint`. */
export async function applicationToRun(
  { application, kind }: LoadedApp,
  { lint }: AppFlags,
  log: Logger,
): Promise<Application> {
  if (!lint) return application;
  if (kind !== "gateway") {
    log.info(
      { kind },
      "--lint checks the adapter of this application, which does not run on the socket meanwhile",
    );
  }
  const { validator } = await import("../gateway/validator/validator.ts");
  return validator(application, {
    onWarning: ({ id, side, message }) => log.warn({ id, side }, message),
  });
}
