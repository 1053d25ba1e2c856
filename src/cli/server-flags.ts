import type { Command } from "commander";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { collectPair, parseCount, parseDuration, parseSize, parseSwitch } from "./flags.ts";
import type { GivenOptions } from "./given-options.ts";

/** The flags about the servers, and the connections to them, as commander delivers them. */
export interface ServerFlags {
  readonly persist?: boolean;
  readonly persistIdle?: number;
  readonly maxConnsPerBackend?: number;
  readonly backendQueueSize?: number;
  readonly queueTimeout?: number;
  readonly connectTimeout?: number;
  readonly readTimeout?: number;
  readonly sendTimeout?: number;
  readonly backendBufferSize?: number;
  readonly backendMaxVars?: number;
  readonly modifier1?: number;
  readonly modifier2?: number;
  readonly param?: Record<string, string>;
}

/** Give a command the flags about the servers, and the connections to them. */
export function addServerFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.servers)
    .option(
      "--persist <on|off>",
      "keep connections to workers of this project for further requests (default: on)",
      parseSwitch,
    )
    .option(
      "--persist-idle <time>",
      "how long a kept connection waits for a request (default: 4s)",
      parseDuration,
    )
    .option("--max-conns-per-backend <count>", "connections to one server (default: 512)", parseCount)
    .option(
      "--backend-queue-size <count>",
      "requests that may wait for a connection, more are answered 503 (default: 1024)",
      parseCount,
    )
    .option("--queue-timeout <time>", "longest wait for a connection, then 503 (default: 5s)", parseDuration)
    .option("--connect-timeout <time>", "give up connecting to a server (default: 3s)", parseDuration)
    .option("--read-timeout <time>", "longest silence of a server (default: 60s)", parseDuration)
    .option(
      "--send-timeout <time>",
      "longest time a server may take nothing of a body (default: 60s)",
      parseDuration,
    )
    .option(
      "--backend-buffer-size <size>",
      "vars bytes the servers accept; more is answered 431 (default: 65535)",
      parseSize,
    )
    .option(
      "--backend-max-vars <count>",
      "vars the servers accept; more is answered 431 (default: 128)",
      parseCount,
    )
    .option("--modifier1 <number>", "first byte of the packet (default: 0)", parseCount)
    .option("--modifier2 <number>", "last byte of the packet header (default: 0)", parseCount)
    .option("--param <name=value>", "add a var to every request; may be repeated", collectPair);
}

/** The options of a front about the servers, and the connections to them, from its flags. */
export function serverOptions(flags: ServerFlags): GivenOptions {
  return {
    persist: flags.persist,
    persistIdleMs: flags.persistIdle,
    maxConnectionsPerServer: flags.maxConnsPerBackend,
    maxWaitingRequests: flags.backendQueueSize,
    queueTimeoutMs: flags.queueTimeout,
    connectTimeoutMs: flags.connectTimeout,
    readTimeoutMs: flags.readTimeout,
    sendTimeoutMs: flags.sendTimeout,
    maxVarsBytes: flags.backendBufferSize,
    maxVars: flags.backendMaxVars,
    modifier1: flags.modifier1,
    modifier2: flags.modifier2,
    params: flags.param,
  };
}
