import { setTimeout as sleep } from "node:timers/promises";
import { type Command, InvalidArgumentError } from "commander";
import { type Pong, ping } from "../../client/ping.ts";
import { MODIFIER1 } from "../../codec/constants.ts";
import { printable } from "../../inspect/printable.ts";
import { formatMs } from "../../inspect/quantities.ts";
import { formatEndpoint, type Target } from "../../net/endpoint.ts";
import { ExitError, failure } from "../failure.ts";
import { parseCount, parseDuration } from "../flags.ts";
import type { CliIo } from "../io.ts";
import { Printer } from "../output.ts";
import { parseServer } from "../request-url.ts";
import { upstreamHints } from "../upstream-hints.ts";

const DEFAULT_INTERVAL_MS = 1000;

/** `uwsgi-bridge ping TARGET`: is a uwsgi server alive? */
export function registerPing(program: Command, io: CliIo): void {
  program
    .command("ping")
    .description("ask a uwsgi server whether it is alive")
    .argument("<target>", "unix:/run/app.sock or host:port", parseServer)
    .option("--timeout <time>", "give up on an answer (default: 3s)", parseDuration)
    .option("-c, --count <number>", "ask so many times (default: 1)", parseAtLeastOne)
    .option("--interval <time>", "time between two questions (default: 1s)", parseDuration)
    .option("-q, --quiet", "print failures only; the exit code tells the rest")
    .addHelpText(
      "after",
      `
A ping is a packet of four bytes, and no application sees it. Our workers answer it; uWSGI does with its ping
plugin (--plugin ping), and without it closes the connection.

Examples:
  uwsgi-bridge ping unix:/run/app.sock
  uwsgi-bridge ping 127.0.0.1:3031 --timeout 500ms -q     the health check of a container
  uwsgi-bridge ping 127.0.0.1:3031 -c 60                  once a second, and a summary

Exit codes: 0 every ping was answered; else that of the last failure: 10 connection refused, 11 timeout,
12 no answer or one that is no pong.`,
    )
    .action((target: Target, flags: PingFlags) => runPing(target, flags, io));
}

interface PingFlags {
  readonly timeout?: number;
  readonly count?: number;
  readonly interval?: number;
  readonly quiet?: boolean;
}

async function runPing(target: Target, flags: PingFlags, io: CliIo): Promise<void> {
  const { count: asked = 1, interval = DEFAULT_INTERVAL_MS, quiet = false } = flags;
  const printer = new Printer(io);
  const times: number[] = [];
  let failed: ExitError | undefined;
  for (let number = 1; number <= asked && printer.isRead; number += 1) {
    if (number > 1) await sleep(interval);
    const result = await pingOnce(target, flags, io);
    if (result instanceof ExitError) {
      failed = result;
    } else {
      times.push(result.elapsedMs);
      if (!quiet) printer.print(report(target, result));
    }
  }
  if (asked > 1 && !quiet) printer.print(summary(times, asked));
  if (failed) throw failed;
}

/** One ping. A failure is explained, and comes back as the exit code it means. */
async function pingOnce(target: Target, { timeout }: PingFlags, io: CliIo): Promise<Pong | ExitError> {
  try {
    return await ping(target, timeout === undefined ? {} : { timeoutMs: timeout });
  } catch (error) {
    const told = failure(io, error, (known) => upstreamHints(known, { packet: PING, hasHead: false }));
    if (told instanceof ExitError) return told;
    throw told;
  }
}

function report(target: Target, { elapsedMs, message }: Pong): string {
  const warning = message === "" ? "" : `, with a warning: ${printable(message)}`;
  return `pong from ${formatEndpoint(target)} in ${formatMs(elapsedMs)}${warning}`;
}

const PING = { modifier1: MODIFIER1.ping, modifier2: 0, vars: [] };

function summary(times: readonly number[], asked: number): string {
  const sorted = [...times].sort((a, b) => a - b);
  const [fastest, median, slowest] = [0, Math.floor(sorted.length / 2), sorted.length - 1].map(
    (at) => sorted[at],
  );
  const answered = `${times.length} of ${asked} answered`;
  if (fastest === undefined || median === undefined || slowest === undefined) return answered;
  return `${answered}; fastest ${formatMs(fastest)}, median ${formatMs(median)}, slowest ${formatMs(slowest)}`;
}

function parseAtLeastOne(text: string): number {
  const number = parseCount(text);
  if (number === 0) throw new InvalidArgumentError("Expected at least 1.");
  return number;
}
