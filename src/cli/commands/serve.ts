import type { Command } from "commander";
import { collectReadGarbage } from "../../net/read-garbage.ts";
import { serve } from "../../serve.ts";
import { SystemdNotifier, withoutSystemd } from "../../supervisor/systemd-notifier.ts";
import { accessLogOptions } from "../access-log-flags.ts";
import { aliasHelp } from "../aliases.ts";
import { APP_ARGUMENT, type AppFlags, addAppFlags } from "../app-flags.ts";
import { addCommonFlags, type CommonFlags } from "../common-flags.ts";
import {
  addFrontFlags,
  addHttpFlag,
  type FrontFlags,
  frontOptions,
  httpEndpoint,
  httpUrl,
} from "../front-flags.ts";
import { type CliIo, say } from "../io.ts";
import { createLogger } from "../logger.ts";
import { addProcessFlags, addWatchFlag, fleetSettings, type ProcessFlags } from "../process-flags.ts";
import { runSupervised } from "../supervised-run.ts";
import { workerArguments } from "../worker-arguments.ts";
import {
  addSocketFlags,
  addWorkerFlags,
  listenOptions,
  type SocketFlags,
  type WorkerFlags,
} from "../worker-flags.ts";
import { youngCollector } from "../young-collector.ts";

/** `uwsgi-bridge serve APP`: front and worker in one command. */
export function registerServe(program: Command, io: CliIo): void {
  const command = program
    .command("serve")
    .description("serve an application over HTTP: a front and a worker in one command")
    .argument("<app>", APP_ARGUMENT);
  addFrontFlags(addSocketFlags(addHttpFlag(addAppFlags(command))));
  addWorkerFlags(command, { shared: true });
  addProcessFlags(command, "worker processes (default: $WEB_CONCURRENCY, else auto)");
  addCommonFlags(addWatchFlag(command));
  command.addHelpText(
    "after",
    `
${aliasHelp("serve")}

Examples:
  uwsgi-bridge serve app.ts                        http://127.0.0.1:8080/
  uwsgi-bridge serve app.ts:admin --http :80       the export "admin", on all interfaces
  uwsgi-bridge serve server.js --capture-listen    an Express file that calls app.listen(3000): only 8080 is opened
  uwsgi-bridge serve app.ts --lint                 while you write it: every rule of the gateway interface checked
  uwsgi-bridge serve app.ts -p 1 --watch           development: reload when a source file changes
  uwsgi-bridge serve app.ts --mount /api=unix:/run/flask.sock
                                                   a part of the site from somewhere else
  uwsgi-bridge serve app.ts --stats :9191          with statistics for uwsgitop

There is a worker process for each processor. An application that keeps state in memory needs --processes 1.
Signals: HUP loads the application anew without losing a request, TTIN and TTOU start or end a process, TERM, INT and
QUIT finish what was begun, and a second one ends at once.`,
  );
  command.action((app: string, flags: ServeFlags) => runServe(app, flags, io));
}

interface ServeFlags extends AppFlags, CommonFlags, FrontFlags, ProcessFlags, WorkerFlags, SocketFlags {}

async function runServe(app: string, flags: ServeFlags, io: CliIo): Promise<void> {
  const log = await createLogger(io, flags.logLevel);
  collectReadGarbage(youngCollector());
  const listen = listenOptions(flags);
  const notifier = new SystemdNotifier(io.env, io.pid, log);
  await runSupervised(io, { app, directory: io.cwd, flags, listen, log, notifier }, async (onStarting) => {
    const served = await serve({
      app,
      http: httpEndpoint(flags, io),
      listen,
      front: { ...frontOptions(flags), ...accessLogOptions(flags, io), log },
      workerArgs: workerArguments(flags),
      // One heap of the C library instead of one per thread: large bodies leave less memory unused behind them.
      workerEnv: { MALLOC_ARENA_MAX: "1", ...withoutSystemd(io.env) },
      workers: fleetSettings(flags, io, "auto"),
      log,
      onReload: (state) => notifier.reload(state),
      onStarting,
    });
    say(io, `${app} is served at ${httpUrl(served.endpoint)}`);
    return served;
  });
}
