import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { ConfigError } from "../../errors.ts";
import { ExchangeReport } from "../../inspect/exchange-report.ts";
import { packetJson } from "../../inspect/packet-json.ts";
import { brokenReport, packetReport } from "../../inspect/packet-report.ts";
import { scanPackets } from "../../inspect/packet-scanner.ts";
import { createRelay } from "../../inspect/relay.ts";
import { type Endpoint, formatEndpoint, parseEndpoint, type Target } from "../../net/endpoint.ts";
import { EXIT } from "../exit-codes.ts";
import { ExitError, errorLine } from "../failure.ts";
import { collectList, parseSize } from "../flags.ts";
import type { CliIo } from "../io.ts";
import { createLogger } from "../logger.ts";
import { Printer, writeOut } from "../output.ts";
import { parseServer } from "../request-url.ts";
import { untilStopped } from "../until-stopped.ts";

/** `uwsgi-bridge inspect`: what a packet says, from a file or on its way. */
export function registerInspect(program: Command, io: CliIo): void {
  const command: Command = program
    .command("inspect")
    .description("decode uwsgi packets from a file, or watch them on their way to a server")
    .argument("[file]", "packets and bodies as they stand on the wire; - or nothing: standard input")
    .option("--listen <address>", "do not read, but relay: accept connections here ...")
    .option("--to <address>", "... and pass them on to this server, untouched", parseServer)
    .option(
      "--allow-from <list>",
      "relay: addresses and ranges that may connect (default: this machine)",
      collectList,
    )
    .option("--vars", "relay: print all vars, and all headers of the answers")
    .option("--hex", "print the packet in hexadecimal too, field by field")
    .addOption(new Option("--json", "one JSON document per packet").conflicts(["hex", "vars", "listen"]))
    .option("--max-vars-bytes <size>", "refuse a larger vars block (default: 65535)", parseSize)
    .option("--show-secrets", "do not hide the values of cookies and credentials")
    .addHelpText("after", HELP);
  command.action((file: string | undefined, flags: InspectFlags) => {
    const { listen, to } = flags;
    if (listen === undefined && to === undefined) return runDecode(file ?? "-", flags, io);
    if (listen === undefined || to === undefined)
      command.error("error: --listen and --to belong together: the relay's own address, and the server's");
    if (file !== undefined)
      command.error("error: a relay reads no file; leave out the file, or --listen and --to");
    return runRelay({ listen: parseEndpoint(listen, "listen"), to }, flags, io);
  });
}

const HELP = `
Values of cookies and credentials are hidden unless --show-secrets is given; control characters are shown
as \\xNN.

Examples:
  uwsgi-bridge inspect packet.bin --hex                   every byte explained
  uwsgi-bridge inspect --json < capture.bin | jq .vars
  printf 'd\\0\\0\\0' | uwsgi-bridge inspect --hex             a ping, made by hand
  uwsgi-bridge inspect --listen 127.0.0.1:3032 --to unix:/run/app.sock
                                                          point nginx at port 3032, and watch each exchange
  uwsgi-bridge inspect --listen unix:/run/tap.sock --to 127.0.0.1:3031 --vars

Lines of the relay: #3 -> a request of connection 3, <- its answer, !! something is wrong, == the end and how
it came: FIN is an orderly close, RST is not.

Exit codes: 0 everything could be decoded, 12 something is no packet.`;

interface InspectFlags {
  readonly listen?: string;
  readonly to?: Target;
  readonly allowFrom?: string[];
  readonly vars?: boolean;
  readonly hex?: boolean;
  readonly json?: boolean;
  readonly maxVarsBytes?: number;
  readonly showSecrets?: boolean;
}

async function runDecode(file: string, flags: InspectFlags, io: CliIo): Promise<void> {
  const source = file === "-" ? io.stdin : packetsOf(resolve(io.cwd, file));
  const options = { hex: flags.hex === true, showSecrets: flags.showSecrets === true };
  let packets = 0;
  let problem: string | undefined;
  const lines = async function* (): AsyncGenerator<string> {
    for await (const event of scanPackets(source, limits(flags))) {
      packets += 1;
      if (event.type === "broken") {
        const where = brokenReport(event.broken, options).map((line) => `  ${line}\n`);
        problem = `${errorLine(event.broken.error)}${where.join("")}`;
      }
      const report = flags.json ? packetJson(event, options) : packetReport(event, options);
      for (const line of report) yield `${line}\n`;
    }
  };
  await writeOut(io, lines());
  if (packets === 0) problem = "uwsgi-bridge: the input is empty, so it holds no packet\n";
  if (problem === undefined) return;
  io.stderr.write(problem);
  throw new ExitError(EXIT.protocol);
}

/** @throws {@link ConfigError} when the file can not be read. */
async function* packetsOf(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
  } catch (error) {
    const { code, message: reason } = error as NodeJS.ErrnoException;
    const message =
      code === "ENOENT"
        ? `there is no file ${path}; inspect reads packets from a file, or from standard input`
        : `${path} can not be read: ${reason}`;
    throw new ConfigError("file", message, "UWB_ERR_CONFIG", { cause: error });
  }
}

async function runRelay(
  { listen, to }: { readonly listen: Endpoint; readonly to: Target },
  flags: InspectFlags,
  io: CliIo,
): Promise<void> {
  const options = {
    hex: flags.hex === true,
    vars: flags.vars === true,
    showSecrets: flags.showSecrets === true,
    ...limits(flags),
  };
  const printer = new Printer(io);
  const relay = createRelay({
    to,
    allowFrom: flags.allowFrom,
    log: await createLogger(io, "info"),
    observe: (number, from) =>
      new ExchangeReport(number, options, { from, print: (line) => printer.print(line) }),
  });
  const bound = await relay.listen(listen);
  printer.print(`${formatEndpoint(bound)} is passed on to ${formatEndpoint(to)}; Ctrl-C ends it`);
  io.reportReady();
  await Promise.race([
    untilStopped(io, { gracefulTimeout: 0, shutdownDelay: 0 }, { close: () => Promise.resolve() }),
    printer.readerLeft,
  ]);
  await relay.close();
}

function limits({ maxVarsBytes }: InspectFlags): { maxVarsBytes?: number } {
  return maxVarsBytes === undefined ? {} : { maxVarsBytes };
}
