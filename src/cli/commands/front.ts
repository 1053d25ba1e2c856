import type { Command } from "commander";
import { createFront } from "../../front/front.ts";
import { LimitDesk } from "../../front/rate/limit-desk.ts";
import { limitsClients, rateLimits } from "../../front/rate/rate-options.ts";
import type { RouteOptions } from "../../front/routes/route-options.ts";
import type { Endpoint } from "../../net/endpoint.ts";
import { collectReadGarbage } from "../../net/read-garbage.ts";
import { NO_REPORT } from "../../supervisor/messages.ts";
import { accessLogOptions } from "../access-log-flags.ts";
import { aliasHelp } from "../aliases.ts";
import { addCommonFlags, type CommonFlags } from "../common-flags.ts";
import { FLAG_GROUPS } from "../flag-groups.ts";
import { collect } from "../flags.ts";
import {
  addFrontFlags,
  addHttpFlag,
  type FrontFlags,
  frontOptions,
  httpEndpoint,
  httpUrl,
} from "../front-flags.ts";
import { givenArguments } from "../given-arguments.ts";
import { type CliIo, say } from "../io.ts";
import { createLogger } from "../logger.ts";
import { addProcessFlags, type ProcessFlags } from "../process-flags.ts";
import { inheritedSocket } from "../sockets.ts";
import { superviseCommand } from "../supervise-command.ts";
import { untilStopped } from "../until-stopped.ts";
import { addSocketFlags, listenOptions, type SocketFlags } from "../worker-flags.ts";
import { youngCollector } from "../young-collector.ts";

/** `uwsgi-bridge front`: HTTP for uwsgi servers, ours or anybody's. */
export function registerFront(program: Command, io: CliIo): void {
  const command = program.command("front").description("serve HTTP in front of uwsgi servers");
  addSocketFlags(addHttpFlag(command))
    .optionsGroup(FLAG_GROUPS.servers)
    .option(
      "--to <address[;weight=N][;backup][;drain][;max-conns=N]>",
      "a uwsgi server, or srv+uwsgi://NAME; may be repeated, then --lb chooses",
      collect,
    );
  addFrontFlags(command);
  addCommonFlags(
    addProcessFlags(command, "front processes under a supervisor, or auto (default: 0, this process)"),
  );
  command.addHelpText(
    "after",
    `
${aliasHelp("front")}

Examples:
  uwsgi-bridge front --http :8080 --to 127.0.0.1:3031          before uWSGI started with --socket 127.0.0.1:3031
  uwsgi-bridge front --to unix:/run/app.sock --backend-buffer-size 4096
                                                               before a uWSGI with its default limits
  uwsgi-bridge front --to 10.0.0.5:3031 --to 10.0.0.6:3031     two servers, the one with fewer requests
  uwsgi-bridge front --to 127.0.0.1:3031 --static-map /static=./static --static-expires '*.????????????.*=immutable'
                                                               files from the disk, hashed names for ever
  uwsgi-bridge front --static-map /=./dist --static-fallback /=./dist/index.html
                                                               a single-page application, no server behind it
  uwsgi-bridge front --to unix:/run/site.sock --mount '/api=127.0.0.1:3031;read-timeout=5m' --mount /ws=http://127.0.0.1:8001
                                                               several applications behind one port
  uwsgi-bridge front --to 10.0.0.5:3031 --processes auto       a process for each processor

With --processes, HUP replaces the processes without losing a request.`,
  );
  command.action((flags: FrontCommandFlags, self: Command) =>
    runFront({ flags, args: givenArguments(self) }, io),
  );
}

interface FrontCommandFlags extends CommonFlags, FrontFlags, ProcessFlags, SocketFlags {
  readonly to?: string[];
}

async function runFront(
  { flags, args }: { readonly flags: FrontCommandFlags; readonly args: readonly string[] },
  io: CliIo,
): Promise<void> {
  const log = await createLogger(io, flags.logLevel);
  const { to = [] } = flags;
  const endpoint = httpEndpoint(flags, io);
  const listen = listenOptions(flags);
  const options = frontOptions(flags);
  const servers = [...new Set([...to, ...routedServers(options.routes ?? [])])];
  const what = servers.length === 0 ? "static files" : `front before ${servers.join(", ")}`;
  const announce = (bound: Endpoint): void => say(io, `${what}: ${httpUrl(bound)}`);
  if (!io.child && (flags.processes ?? 0) !== 0) {
    const responder = limitsClients(options) ? new LimitDesk(rateLimits(options)) : undefined;
    const run = { args, app: what, flags, endpoints: [endpoint], listen, log, announce, responder };
    await superviseCommand(io, run);
    return;
  }
  collectReadGarbage(youngCollector());
  const limitChannel = io.child ?? false;
  const front = createFront({ ...options, ...accessLogOptions(flags, io), to, log, limitChannel });
  const bound = await front.listen(endpoint, { ...listen, ...inheritedSocket(io, 0) });
  if (!io.child) announce(bound);
  io.reportReady();
  io.child?.reportRegularly(() => {
    const { requests, openRequests } = front.stats();
    return { ...NO_REPORT, requests, runningRequests: openRequests };
  });
  io.child?.onDrain(() => front.drain());
  await untilStopped(io, flags, front);
}

function routedServers(routes: readonly RouteOptions[]): string[] {
  return routes.flatMap((route) => ("to" in route ? route.to : []));
}
