import type { Command } from "commander";
import { loadApp } from "../../adapters/load-app.ts";
import { formatEndpoint, parseEndpoint } from "../../net/endpoint.ts";
import { createWorker } from "../../worker/worker.ts";
import { aliasHelp } from "../aliases.ts";
import { APP_ARGUMENT, type AppFlags, addAppFlags, applicationToRun, loadOptions } from "../app-flags.ts";
import { closeWithApp } from "../app-life.ts";
import { addCommonFlags, type CommonFlags } from "../common-flags.ts";
import { collect, collectPair } from "../flags.ts";
import type { CliIo } from "../io.ts";
import { createLogger } from "../logger.ts";
import { untilStopped } from "../until-stopped.ts";
import {
  addSocketFlags,
  addWorkerFlags,
  listenOptions,
  type SocketFlags,
  type WorkerFlags,
  workerOptions,
} from "../worker-flags.ts";

const DEFAULT_SOCKET = "127.0.0.1:3031";

/** `uwsgi-bridge worker APP`: run an application behind nginx, Apache, a uWSGI router or our front. */
export function registerWorker(program: Command, io: CliIo): void {
  const command = program
    .command("worker")
    .description("run an application as a uwsgi server")
    .argument("<app>", APP_ARGUMENT)
    .option("-s, --socket <address>", `uwsgi address, may be repeated (default: ${DEFAULT_SOCKET})`, collect)
    .option("-e, --env <name=value>", "set an environment variable for the application", collectPair)
    .option("--chdir <dir>", "change to this directory first");
  addWorkerFlags(addSocketFlags(addCommonFlags(addAppFlags(command))), { shared: false });
  command.addHelpText(
    "after",
    `
Examples:
  uwsgi-bridge worker app.ts                                  listen on ${DEFAULT_SOCKET}
  uwsgi-bridge worker app.ts:admin -s unix:/run/app.sock      the export "admin", on a Unix socket
  uwsgi-bridge worker server.js --capture-listen              an Express file that calls app.listen(3000)
  uwsgi-bridge worker app.ts:create() --load-timeout 2m       what create() returns, however long it takes
  uwsgi-bridge worker handler.ts --interface fetch            a bare function (request)
  uwsgi-bridge worker app.ts --lint                           with every rule of the gateway interface checked
  uwsgi-bridge worker app.ts -s 10.0.0.5:3031 --allow-from 10.0.0.0/24

${aliasHelp("worker")}`,
  );
  command.action((app: string, flags: WorkerCommandFlags) => runWorker(app, flags, io));
}

interface WorkerCommandFlags extends AppFlags, CommonFlags, WorkerFlags, SocketFlags {
  readonly socket?: string[];
  readonly env?: Record<string, string>;
  readonly chdir?: string;
}

async function runWorker(app: string, flags: WorkerCommandFlags, io: CliIo): Promise<void> {
  const log = await createLogger(io, flags.logLevel);
  const endpoints = (flags.socket ?? [DEFAULT_SOCKET]).map((text) => parseEndpoint(text, "socket"));
  const socketOptions = listenOptions(flags);
  if (flags.chdir !== undefined) process.chdir(flags.chdir);
  Object.assign(process.env, flags.env);
  io.endWithCommand();
  const loaded = await loadApp(app, flags.chdir === undefined ? io.cwd : process.cwd(), loadOptions(flags));
  await loaded.startup();
  const application = await applicationToRun(loaded, flags, log);
  const worker = createWorker(application, { ...workerOptions(flags), state: loaded.state, log });
  const close = closeWithApp(worker, loaded, log);
  try {
    for (const endpoint of endpoints) {
      const bound = await worker.listen(endpoint, socketOptions);
      log.info({ app, kind: loaded.kind }, `worker listens on ${formatEndpoint(bound)}`);
    }
  } catch (error) {
    await close(0);
    throw error;
  }
  io.reportReady();
  await untilStopped(io, flags.gracefulTimeout, close);
}
