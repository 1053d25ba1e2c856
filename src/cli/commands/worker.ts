import type { Command } from "commander";
import { loadApp } from "../../adapters/load-app.ts";
import type { Logger } from "../../log.ts";
import { formatEndpoint } from "../../net/endpoint.ts";
import { collectReadGarbage } from "../../net/read-garbage.ts";
import { CHANNEL_FD } from "../../supervisor/messages.ts";
import { Harakiri } from "../../worker/harakiri/harakiri.ts";
import { createWorker, type Worker } from "../../worker/worker.ts";
import { aliasHelp } from "../aliases.ts";
import { APP_ARGUMENT, type AppFlags, addAppFlags, applicationToRun, loadOptions } from "../app-flags.ts";
import { closeWithApp } from "../app-life.ts";
import { addCommonFlags, type CommonFlags } from "../common-flags.ts";
import { FLAG_GROUPS } from "../flag-groups.ts";
import { collect, collectPair } from "../flags.ts";
import { givenArguments } from "../given-arguments.ts";
import type { CliIo } from "../io.ts";
import { createLogger } from "../logger.ts";
import { addProcessFlags, addWatchFlag, type ProcessFlags, processCount } from "../process-flags.ts";
import { inheritedSocket, socketEndpoints, workerPlace } from "../sockets.ts";
import { superviseCommand } from "../supervise-command.ts";
import { untilStopped } from "../until-stopped.ts";
import {
  addSocketFlags,
  addWorkerFlags,
  listenOptions,
  type SocketFlags,
  type WorkerFlags,
  workerOptions,
} from "../worker-flags.ts";
import { youngCollector } from "../young-collector.ts";

const DEFAULT_SOCKET = "127.0.0.1:3031";
const DEFAULT_HARAKIRI_MS = 60_000;

/** `uwsgi-bridge worker APP`: run an application behind nginx, Apache, a uWSGI router or our front. */
export function registerWorker(program: Command, io: CliIo): void {
  const command = program
    .command("worker")
    .description("run an application as a uwsgi server")
    .argument("<app>", APP_ARGUMENT);
  addAppFlags(command)
    .option("-e, --env <name=value>", "set an environment variable for the application", collectPair)
    .option("--chdir <dir>", "change to this directory first")
    .optionsGroup(FLAG_GROUPS.listening)
    .option("-s, --socket <address>", `uwsgi address, may be repeated (default: ${DEFAULT_SOCKET})`, collect);
  addWorkerFlags(addSocketFlags(command), { shared: false });
  addProcessFlags(command, "worker processes, or auto (default: $WEB_CONCURRENCY, else 1)");
  addCommonFlags(addWatchFlag(command));
  command.addHelpText(
    "after",
    `
${aliasHelp("worker")}

Examples:
  uwsgi-bridge worker app.ts                                  listen on ${DEFAULT_SOCKET}
  uwsgi-bridge worker app.ts:admin -s unix:/run/app.sock      the export "admin", on a Unix socket
  uwsgi-bridge worker server.js --capture-listen              an Express file that calls app.listen(3000)
  uwsgi-bridge worker app.ts:create() --load-timeout 2m       what create() returns, however long it takes
  uwsgi-bridge worker handler.ts --interface fetch            a bare function (request)
  uwsgi-bridge worker app.ts --lint                           with every rule of the gateway interface checked
  uwsgi-bridge worker app.ts -s 10.0.0.5:3031 --allow-from 10.0.0.0/24
  uwsgi-bridge worker app.ts -p auto --max-requests 10000     a process for each processor, replaced now and then
  uwsgi-bridge worker app.ts --watch                          development: reload when a source file changes
  uwsgi-bridge worker app.ts -s systemd                       on the socket that systemd has opened

Signals: HUP loads the application anew without losing a request, TTIN and TTOU start or end a process, TERM, INT and
QUIT finish what was begun, and a second one ends at once. --processes 0 runs the application without a supervisor.`,
  );
  command.action((app: string, flags: WorkerCommandFlags, self: Command) =>
    runWorker(app, { flags, args: givenArguments(self) }, io),
  );
}

interface WorkerCommandFlags extends AppFlags, CommonFlags, ProcessFlags, WorkerFlags, SocketFlags {
  readonly socket?: string[];
  readonly env?: Record<string, string>;
  readonly chdir?: string;
}

async function runWorker(
  app: string,
  { flags, args }: { readonly flags: WorkerCommandFlags; readonly args: readonly string[] },
  io: CliIo,
): Promise<void> {
  const log = await createLogger(io, flags.logLevel);
  const endpoints = socketEndpoints(flags.socket ?? [DEFAULT_SOCKET], io);
  const socketOptions = listenOptions(flags);
  if (!io.child && processCount(flags, io, 1) > 0) {
    await superviseCommand(io, { args, app, flags, endpoints, listen: socketOptions, log });
    return;
  }
  if (flags.chdir !== undefined) process.chdir(flags.chdir);
  Object.assign(process.env, flags.env);
  io.endWithCommand();
  collectReadGarbage(youngCollector());
  const loaded = await loadApp(app, flags.chdir === undefined ? io.cwd : process.cwd(), loadOptions(flags));
  await loaded.startup();
  const application = await applicationToRun(loaded, flags, log);
  const options = { ...workerOptions(flags), ...workerPlace(io), state: loaded.state, log };
  const worker = createWorker(application, options);
  const close = closeWithApp(worker, loaded, log);
  try {
    for (const [index, endpoint] of endpoints.entries()) {
      const bound = await worker.listen(endpoint, { ...socketOptions, ...inheritedSocket(io, index) });
      log.info({ app, kind: loaded.kind }, `worker listens on ${formatEndpoint(bound)}`);
    }
  } catch (error) {
    await close(0);
    throw error;
  }
  io.reportReady();
  const harakiri = startHarakiri(worker, { flags, io, log });
  io.child?.reportRegularly(() => ({ ...worker.stats(), harakiris: harakiri?.expired ?? 0 }));
  await untilStopped(io, flags, { close });
  harakiri?.stop();
}

function startHarakiri(
  worker: Worker,
  { flags, io, log }: { readonly flags: WorkerFlags; readonly io: CliIo; readonly log: Logger },
): Harakiri | undefined {
  const limitMs = flags.harakiri ?? DEFAULT_HARAKIRI_MS;
  if (limitMs === 0) return undefined;
  return new Harakiri(worker, {
    limitMs,
    log,
    supervisorFd: io.child && CHANNEL_FD,
    onLeftOver: (reason) => io.child?.retire(reason),
  });
}
