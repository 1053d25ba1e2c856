import { createWriteStream } from "node:fs";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { type Command, InvalidArgumentError } from "commander";
import { type RequestOptions, request, requestVars, type UwsgiResponse } from "../../client/request.ts";
import { MODIFIER1 } from "../../codec/constants.ts";
import type { Packet } from "../../codec/packet.ts";
import { responseHeadText } from "../../codec/response-head.ts";
import { printable } from "../../inspect/printable.ts";
import type { Target } from "../../net/endpoint.ts";
import { EXIT } from "../exit-codes.ts";
import { ExitError, failure } from "../failure.ts";
import type { CliIo } from "../io.ts";
import { writeOut } from "../output.ts";
import { addRequestFlags, type RequestFlags, requestOptions } from "../request-flags.ts";
import { headTrace, requestTrace, timingTrace } from "../request-trace.ts";
import { parseRequestUrl, type RequestUrl } from "../request-url.ts";
import { upstreamHints } from "../upstream-hints.ts";

const FIRST_ERROR_STATUS = 400;

/** `uwsgi-bridge request TARGET [PATH]`: curl for uwsgi sockets. */
export function registerRequest(program: Command, io: CliIo): void {
  const command = program
    .command("request")
    .description("ask a uwsgi server for a page: curl for uwsgi sockets")
    .argument("<target>", "unix:/run/app.sock, host:port or uwsgi://host:port/path?query", parseRequestUrl)
    .argument("[path]", "path and query (default: /)", parsePath);
  addRequestFlags(command);
  command.addHelpText(
    "after",
    `
The server sees what a front would send it: REQUEST_METHOD, PATH_INFO, HTTP_HOST and so on. Headers become
vars named HTTP_*, and --var sets any var at all. The body of the answer goes to standard output as it is.

Examples:
  uwsgi-bridge request unix:/run/app.sock /health
  uwsgi-bridge request 127.0.0.1:3031 /items -d name=tea -i           a form, sent with POST
  uwsgi-bridge request 'uwsgi://10.0.0.5:3031/items?page=2' -H 'Host: example.com'
  uwsgi-bridge request :3031 /upload -T video.mp4 -X POST             a file of any size
  uwsgi-bridge request :3031 / --var REMOTE_USER=kim --var HTTPS=on   as if kim had come over TLS
  uwsgi-bridge request :3031 / -v -o /dev/null                        what is sent, and how long it takes

Exit codes: 0 an answer came, 2 wrong usage, 10 connection refused, 11 timeout, 12 no answer or none that is
valid, 22 with --fail: the status is 400 or more.`,
  );
  command.action((url: RequestUrl, path: string | undefined, flags: RequestFlags) => {
    if (path !== undefined && url.path !== undefined)
      command.error(`error: the path is given twice, as ${url.path} and as ${path}`);
    return runRequest({ target: url.target, path: path ?? url.path ?? "/" }, flags, io);
  });
}

async function runRequest(
  { target, path }: { readonly target: Target; readonly path: string },
  flags: RequestFlags,
  io: CliIo,
): Promise<void> {
  const options = await requestOptions(path, flags, io);
  const packet = packetOf(options);
  const tell = (lines: readonly string[]): void => {
    if (flags.verbose) io.stderr.write(lines.map((line) => `${line}\n`).join(""));
  };
  const showSecrets = flags.showSecrets === true;
  let hasHead = false;
  try {
    tell(requestTrace(target, packet, showSecrets));
    const startedAt = performance.now();
    const response = await request(target, options);
    hasHead = true;
    const headMs = performance.now() - startedAt;
    tell(headTrace(response, showSecrets));
    const bytes = await deliver(response, flags, io);
    tell([timingTrace({ headMs, endMs: performance.now() - startedAt }, bytes)]);
  } catch (error) {
    throw failure(io, error, (known) => upstreamHints(known, { packet, hasHead }));
  }
}

/** Write what was asked for. @returns The bytes of body. */
async function deliver(response: UwsgiResponse, flags: RequestFlags, io: CliIo): Promise<number> {
  const isRefused = flags.fail === true && response.status >= FIRST_ERROR_STATUS;
  let bytes = 0;
  const output = async function* (): AsyncGenerator<Uint8Array> {
    if (flags.include) yield Buffer.from(responseHeadText(response), "latin1");
    if (isRefused) return;
    for await (const block of response.body as AsyncIterable<Buffer>) {
      bytes += block.length;
      yield block;
    }
  };
  const isFile = flags.output !== undefined && flags.output !== "-" && !isRefused;
  if (isFile) await pipeline(output, createWriteStream(resolve(io.cwd, flags.output ?? "")));
  else await writeOut(io, output());
  if (!isRefused) return bytes;
  response.body.destroy();
  io.stderr.write(`uwsgi-bridge: the server answered ${response.status} ${printable(response.reason)}\n`);
  throw new ExitError(EXIT.httpError);
}

function packetOf(options: RequestOptions): Packet {
  return {
    modifier1: options.modifier1 ?? MODIFIER1.request,
    modifier2: options.modifier2 ?? 0,
    vars: requestVars(options.method ?? "GET", options),
  };
}

function parsePath(text: string): string {
  if (!text.startsWith("/") && text !== "*") throw new InvalidArgumentError('A path begins with "/".');
  return text;
}
