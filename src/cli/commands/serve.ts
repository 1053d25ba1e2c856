import type { Command } from "commander";
import { serve } from "../../serve.ts";
import { exitError } from "../../supervisor/child.ts";
import { aliasHelp } from "../aliases.ts";
import { APP_ARGUMENT, type AppFlags, addAppFlags } from "../app-flags.ts";
import { addCommonFlags, type CommonFlags } from "../common-flags.ts";
import { addFrontFlags, type FrontFlags, frontOptions, httpEndpoint, httpUrl } from "../front-flags.ts";
import { type CliIo, say } from "../io.ts";
import { createLogger } from "../logger.ts";
import { untilStopped } from "../until-stopped.ts";
import { workerArguments } from "../worker-arguments.ts";
import {
  addSocketFlags,
  addWorkerFlags,
  listenOptions,
  type SocketFlags,
  type WorkerFlags,
} from "../worker-flags.ts";

/** `uwsgi-bridge serve APP`: front and worker in one command. */
export function registerServe(program: Command, io: CliIo): void {
  const command = program
    .command("serve")
    .description("serve an application over HTTP: a front and a worker in one command")
    .argument("<app>", APP_ARGUMENT);
  addWorkerFlags(addSocketFlags(addCommonFlags(addFrontFlags(addAppFlags(command)))), { shared: true });
  command.addHelpText(
    "after",
    `
Examples:
  uwsgi-bridge serve app.ts                        http://127.0.0.1:8080/
  uwsgi-bridge serve app.ts:admin --http :80       the export "admin", on all interfaces
  uwsgi-bridge serve server.js --capture-listen    an Express file that calls app.listen(3000): only 8080 is opened
  uwsgi-bridge serve app.ts --lint                 while you write it: every rule of the gateway interface checked

${aliasHelp("serve")}`,
  );
  command.action((app: string, flags: ServeFlags) => runServe(app, flags, io));
}

interface ServeFlags extends AppFlags, CommonFlags, FrontFlags, WorkerFlags, SocketFlags {}

async function runServe(app: string, flags: ServeFlags, io: CliIo): Promise<void> {
  const log = await createLogger(io, flags.logLevel);
  const served = await serve({
    app,
    http: httpEndpoint(flags, io),
    listen: listenOptions(flags),
    front: { ...frontOptions(flags), log },
    workerArgs: workerArguments(flags),
    // One heap of the C library instead of one per thread: large bodies leave less memory unused behind them.
    workerEnv: { MALLOC_ARENA_MAX: "1", ...io.env },
  });
  say(io, `${app} is served at ${httpUrl(served.endpoint)}`);
  io.reportReady();
  let isStopping = false;
  const stopped = untilStopped(io, flags.gracefulTimeout, (timeoutMs) => {
    isStopping = true;
    return served.close(timeoutMs);
  });
  const exit = await Promise.race([stopped, served.workerExited]);
  if (exit && !isStopping) {
    await served.close(0);
    throw exitError(exit);
  }
  await stopped;
}
