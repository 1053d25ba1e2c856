import type { Command } from "commander";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { parseCount, parseDuration, parseSize, parseSwitch } from "./flags.ts";
import type { GivenOptions } from "./given-options.ts";

/** The flags about what clients may send, and how slowly, as commander delivers them. */
export interface ClientFlags {
  readonly requestBuffering?: boolean;
  readonly spoolSize?: number;
  readonly tempDir?: string;
  readonly clientMaxBodySize?: number;
  readonly maxHeaderSize?: number;
  readonly maxHeaders?: number;
  readonly headersTimeout?: number;
  readonly bodyTimeout?: number;
  readonly clientSendTimeout?: number;
  readonly keepAlive?: number;
  readonly maxConnections?: number;
  readonly keepaliveRequests?: number;
}

/** Give a command the flags about what clients may send, and how slowly. */
export function addClientFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.limits)
    .option(
      "--request-buffering <on|off>",
      "read bodies to their end before a server is connected (default: on)",
      parseSwitch,
    )
    .option(
      "--spool-size <size>",
      "bytes of a body kept in memory, the rest in a file (default: 64k)",
      parseSize,
    )
    .option("--temp-dir <dir>", "directory of temporary files (default: the system's)")
    .option("--client-max-body-size <size>", "largest request body, 0 for no limit (default: 64m)", parseSize)
    .option("--max-header-size <size>", "largest request head (default: 16k)", parseSize)
    .option("--max-headers <count>", "most header fields of a request (default: 100)", parseCount)
    .option(
      "--headers-timeout <time>",
      "time for a client to send its request head (default: 15s)",
      parseDuration,
    )
    .option("--body-timeout <time>", "longest silence inside a request body (default: 60s)", parseDuration)
    .option(
      "--client-send-timeout <time>",
      "longest time a client may take nothing of its response (default: 60s)",
      parseDuration,
    )
    .option("--keep-alive <time>", "how long an idle client connection is kept (default: 75s)", parseDuration)
    .option(
      "--max-connections <count>",
      "client connections, more are answered 503 (default: 80 % of ulimit -n, less 64)",
      parseCount,
    )
    .option(
      "--keepalive-requests <count>",
      "requests served on one client connection (default: 1000)",
      parseCount,
    );
}

/** The options of a front about what clients may send, and how slowly, from its flags. */
export function clientOptions(flags: ClientFlags): GivenOptions {
  return {
    requestBuffering: flags.requestBuffering,
    spoolMemoryBytes: flags.spoolSize,
    tempDir: flags.tempDir,
    maxBodyBytes: flags.clientMaxBodySize,
    maxHeadBytes: flags.maxHeaderSize,
    maxHeaders: flags.maxHeaders,
    headersTimeoutMs: flags.headersTimeout,
    bodyTimeoutMs: flags.bodyTimeout,
    clientSendTimeoutMs: flags.clientSendTimeout,
    keepAliveTimeoutMs: flags.keepAlive,
    maxConnections: flags.maxConnections,
    maxRequestsPerConnection: flags.keepaliveRequests,
  };
}
