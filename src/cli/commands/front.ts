import type { Command } from "commander";
import { createFront } from "../../front/front.ts";
import { aliasHelp } from "../aliases.ts";
import { addCommonFlags, type CommonFlags } from "../common-flags.ts";
import { collect } from "../flags.ts";
import { addFrontFlags, type FrontFlags, frontOptions, httpEndpoint, httpUrl } from "../front-flags.ts";
import { type CliIo, say } from "../io.ts";
import { createLogger } from "../logger.ts";
import { untilStopped } from "../until-stopped.ts";
import { addSocketFlags, listenOptions, type SocketFlags } from "../worker-flags.ts";

/** `uwsgi-bridge front`: HTTP for uwsgi servers, ours or anybody's. */
export function registerFront(program: Command, io: CliIo): void {
  const command = program
    .command("front")
    .description("serve HTTP in front of uwsgi servers")
    .requiredOption("--to <address>", "a uwsgi server; may be repeated, then they take turns", collect);
  addSocketFlags(addCommonFlags(addFrontFlags(command)));
  command.addHelpText(
    "after",
    `
Examples:
  uwsgi-bridge front --http :8080 --to 127.0.0.1:3031          before uWSGI started with --socket 127.0.0.1:3031
  uwsgi-bridge front --to unix:/run/app.sock --backend-buffer-size 4096
                                                               before a uWSGI with its default limits
  uwsgi-bridge front --to 10.0.0.5:3031 --to 10.0.0.6:3031     two servers in turn

${aliasHelp("front")}`,
  );
  command.action((flags: FrontCommandFlags) => runFront(flags, io));
}

interface FrontCommandFlags extends CommonFlags, FrontFlags, SocketFlags {
  readonly to: string[];
}

async function runFront(flags: FrontCommandFlags, io: CliIo): Promise<void> {
  const log = await createLogger(io, flags.logLevel);
  const front = createFront({ ...frontOptions(flags), to: flags.to, log });
  const endpoint = await front.listen(httpEndpoint(flags, io), listenOptions(flags));
  say(io, `front before ${flags.to.join(", ")}: ${httpUrl(endpoint)}`);
  io.reportReady();
  await untilStopped(io, flags, (timeoutMs) => front.close(timeoutMs));
}
