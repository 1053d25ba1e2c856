import { type Command, InvalidArgumentError, Option } from "commander";
import type { ListenOptions } from "../net/listen.ts";
import type { WorkerOptions } from "../worker/options.ts";
import { FLAG_GROUPS } from "./flag-groups.ts";
import {
  collectList,
  collectPair,
  parseCount,
  parseDuration,
  parseMode,
  parseSize,
  parseSwitch,
} from "./flags.ts";
import { definedOnly } from "./front-flags.ts";
import { parseOwner } from "./owner.ts";

/** The flags of the worker as commander delivers them. */
export interface WorkerFlags {
  readonly allowFrom?: string[];
  readonly bufferSize?: number;
  readonly maxVars?: number;
  readonly headerTimeout?: number;
  readonly bodyTimeout?: number;
  readonly sendTimeout?: number;
  readonly maxConnections?: number;
  readonly concurrency?: number;
  readonly queueSize?: number;
  readonly persist?: boolean;
  readonly persistIdle?: number;
  readonly harakiri?: number;
  readonly halfOpen?: boolean;
  readonly chunkedInput?: boolean;
  readonly environ?: Record<string, string>;
}

/** The flags of a listening socket. */
export interface SocketFlags {
  readonly listen?: number;
  readonly chmodSocket?: number | true;
  readonly chownSocket?: string;
}

/** `--chmod-socket` without a mode, as uWSGI understands it. */
const OPEN_MODE = 0o666;

/**
 * Give a command the flags of the worker. `--max-connections`, `--persist`, `--body-timeout` and `--send-timeout` are left out where the front has
 * them, and `--allow-from`, which would be without effect there.
 */
export function addWorkerFlags(command: Command, { shared }: { readonly shared: boolean }): Command {
  if (shared) command.optionsGroup(FLAG_GROUPS.access).addOption(privateSocketOption());
  else {
    command
      .optionsGroup(FLAG_GROUPS.access)
      .option(
        "--allow-from <list>",
        "addresses and ranges that may connect over TCP (default: this machine)",
        collectList,
      );
  }
  command
    .optionsGroup(FLAG_GROUPS.worker)
    .option("--buffer-size <size>", "largest vars block accepted (default: 65535)", parseSize)
    .option("--max-vars <count>", "most vars accepted (default: 1000)", parseCount)
    .option("--header-timeout <time>", "time for a peer to send its packet (default: 10s)", parseDuration)
    .option("--concurrency <count>", "requests in progress at the same time (default: 100)", parseCount)
    .option(
      "--queue-size <count>",
      "requests that may wait, more are answered 503 (default: 1024)",
      parseCount,
    )
    .option(
      "-t, --harakiri <time>",
      "longest time for a request to be answered, or for code to keep the event loop; 0 for no limit (default: 60s)",
      parseDuration,
    )
    .option("--half-open", "a peer that closes its side still waits for the answer")
    .option("--chunked-input", "decode bodies that arrive chunked (default: answer 411)")
    .option("--environ <name=value>", "add a var to every environ; may be repeated", collectPair);
  if (shared) return command;
  return command
    .option(
      "--max-connections <count>",
      "connections, more are answered 503 (default: 80 % of ulimit -n, less 64)",
      parseCount,
    )
    .option(
      "--persist <on|off>",
      "keep connections for fronts of this project that offer it (default: on)",
      parseSwitch,
    )
    .option(
      "--persist-idle <time>",
      "how long a kept connection waits for a request (default: 60s)",
      parseDuration,
    )
    .option("--body-timeout <time>", "longest silence inside a request body (default: 30s)", parseDuration)
    .option(
      "--send-timeout <time>",
      "longest time a peer may take nothing of a response (default: 60s)",
      parseDuration,
    );
}

/** An error that explains itself, for those who look for the flag of the worker command. */
function privateSocketOption(): Option {
  return new Option("--allow-from <list>").hideHelp().argParser(() => {
    throw new InvalidArgumentError(
      "The workers of serve listen on a private Unix socket, which nobody else can reach. Who may connect over HTTP is a matter of --http.",
    );
  });
}

/** Give a command the flags of a listening socket. */
export function addSocketFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.listening)
    .option(
      "-l, --listen <count>",
      "connections the system may hold before they are accepted (default: 1024)",
      parseCount,
    )
    .option("--chmod-socket [mode]", "mode of a Unix socket (default: 660; without a value: 666)", parseMode)
    .option("--chown-socket <user:group>", "owner of a Unix socket");
}

/** The options of a worker, from its flags. */
export function workerOptions(flags: WorkerFlags): WorkerOptions {
  const options: { [K in keyof WorkerOptions]: WorkerOptions[K] | undefined } = {
    allowFrom: flags.allowFrom,
    maxVarsBytes: flags.bufferSize,
    maxVars: flags.maxVars,
    headerTimeoutMs: flags.headerTimeout,
    bodyTimeoutMs: flags.bodyTimeout,
    sendTimeoutMs: flags.sendTimeout,
    maxConnections: flags.maxConnections,
    maxConcurrentRequests: flags.concurrency,
    maxQueuedRequests: flags.queueSize,
    persist: flags.persist,
    persistIdleMs: flags.persistIdle,
    halfOpen: flags.halfOpen,
    chunkedInput: flags.chunkedInput,
    environ: flags.environ,
  };
  return definedOnly(options);
}

/** The options of a listening socket, from its flags. */
export function listenOptions(flags: SocketFlags): ListenOptions {
  const owner = flags.chownSocket === undefined ? {} : parseOwner(flags.chownSocket);
  return definedOnly<ListenOptions>({
    backlog: flags.listen,
    mode: flags.chmodSocket === true ? OPEN_MODE : flags.chmodSocket,
    uid: owner.uid,
    gid: owner.gid,
  });
}
