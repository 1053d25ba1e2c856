import { resolve } from "node:path";
import type { Logger } from "../log.ts";
import { warnOfCutBacklog } from "../net/backlog.ts";
import type { Endpoint } from "../net/endpoint.ts";
import type { ListenOptions } from "../net/listen.ts";
import { openSharedSocket, type SharedSocket } from "../net/shared-socket.ts";
import { COMMAND } from "../supervisor/command.ts";
import type { Responder } from "../supervisor/responder.ts";
import { Supervisor } from "../supervisor/supervisor.ts";
import { SystemdNotifier, withoutSystemd } from "../supervisor/systemd-notifier.ts";
import type { CommonFlags } from "./common-flags.ts";
import type { CliIo } from "./io.ts";
import { fleetSettings, type ProcessFlags } from "./process-flags.ts";
import { runSupervised } from "./supervised-run.ts";

/** A command that is to run in processes of its own. */
export interface SupervisedCommand {
  /** Its arguments as they were given, its name first. */
  readonly args: readonly string[];
  readonly app: string;
  readonly flags: ProcessFlags & CommonFlags & { readonly chdir?: string };
  readonly endpoints: readonly Endpoint[];
  readonly listen: ListenOptions;
  readonly log: Logger;
  /** Answers what the processes ask. */
  readonly responder?: Responder | undefined;
  /** Called with the first address in use, when the processes serve. */
  readonly announce?: (endpoint: Endpoint) => void;
}

/** Run a command in child processes, each with the same arguments, on sockets that this process opens and keeps. */
export async function superviseCommand(io: CliIo, command: SupervisedCommand): Promise<void> {
  const { args, app, flags, endpoints, listen, log, responder } = command;
  const notifier = new SystemdNotifier(io.env, io.pid, log);
  warnOfCutBacklog(log, listen.backlog);
  const sockets = await openAll(endpoints, listen);
  const supervisor = new Supervisor({
    command: COMMAND,
    args,
    env: withoutSystemd(io.env),
    sockets,
    settings: fleetSettings(flags, io, 1),
    log,
    responder,
    onReload: (state) => notifier.reload(state),
  });
  const directory = resolve(io.cwd, flags.chdir ?? ".");
  await runSupervised(io, { app, directory, flags, listen, log, notifier }, async (onStarting) => {
    onStarting(supervisor);
    await supervisor.start();
    const [first] = sockets;
    if (first) command.announce?.(first.endpoint);
    return supervisor;
  });
}

async function openAll(endpoints: readonly Endpoint[], listen: ListenOptions): Promise<SharedSocket[]> {
  const sockets: SharedSocket[] = [];
  try {
    for (const endpoint of endpoints) sockets.push(await openSharedSocket(endpoint, listen));
    return sockets;
  } catch (error) {
    await Promise.all(sockets.map((socket) => socket.close()));
    throw error;
  }
}
