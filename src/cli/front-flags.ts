import { type Command, Option } from "commander";
import { ConfigError } from "../errors.ts";
import type { FrontOptions } from "../front/options.ts";
import { type Endpoint, parseEndpoint } from "../net/endpoint.ts";
import { systemdEndpoints } from "../supervisor/systemd-sockets.ts";
import { type AccessFlags, accessOptions, addAccessFlags } from "./access-flags.ts";
import { addBalanceFlags, type BalanceFlags, balanceOptions } from "./balance-flags.ts";
import {
  collectDirectory,
  collectDirectoryOf,
  collectPair,
  parseCount,
  parseDuration,
  parseProtocols,
  parseSize,
  parseSwitch,
} from "./flags.ts";
import type { CliIo } from "./io.ts";
import { addRateFlags, type RateFlags, rateOptions } from "./rate-flags.ts";
import { addRouteFlags, type RouteFlags, routeOptions } from "./route-flags.ts";
import { addStaticFlags, type StaticFlags, staticOptions } from "./static-flags.ts";

/** The flags of the front as commander delivers them. */
export interface FrontFlags extends AccessFlags, BalanceFlags, RateFlags, RouteFlags, StaticFlags {
  readonly http?: string;
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
  readonly upgrade?: boolean | string[];
  readonly tunnelIdleTimeout?: number;
  readonly earlyHints?: boolean;
  readonly accelRoot?: Record<string, string>;
  readonly sendfileRoot?: string[];
}

const DEFAULT_ADDRESS = "127.0.0.1:8080";

/** Give a command the flags of the front. */
export function addFrontFlags(command: Command): Command {
  command
    .addOption(
      new Option("-b, --http <address>", `HTTP address (default: ${DEFAULT_ADDRESS}, or 0.0.0.0:$PORT)`),
    )
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
    .option("--param <name=value>", "add a var to every request; may be repeated", collectPair)
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
    .option("--temp-dir <dir>", "directory of temporary files")
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
    )
    .option(
      "--upgrade <protocols>",
      "what clients may switch to: a list, any or off (default: websocket)",
      parseProtocols,
    )
    .option(
      "--tunnel-idle-timeout <time>",
      "longest silence of a WebSocket or the like (default: 1h)",
      parseDuration,
    )
    .option("--early-hints <on|off>", "pass on 103 Early Hints (default: on)", parseSwitch)
    .option(
      "--accel-root <prefix=dir>",
      "send files that X-Accel-Redirect names below a prefix; may be repeated",
      collectDirectoryOf,
    )
    .option(
      "--sendfile-root <dir>",
      "send files in this directory that X-Sendfile names; may be repeated",
      collectDirectory,
    );
  return addStaticFlags(addRouteFlags(addRateFlags(addBalanceFlags(addAccessFlags(command)))));
}

/** The options of a front, from its flags. */
export function frontOptions(flags: FrontFlags): Omit<FrontOptions, "to"> {
  const options: { [K in keyof Omit<FrontOptions, "to" | "resolver">]: FrontOptions[K] | undefined } = {
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
    upgrade: flags.upgrade,
    tunnelIdleTimeoutMs: flags.tunnelIdleTimeout,
    earlyHints: flags.earlyHints,
    accelRoots: flags.accelRoot,
    sendfileRoots: flags.sendfileRoot,
    ...accessOptions(flags),
    ...rateOptions(flags),
    routes: routeOptions(flags),
    ...staticOptions(flags),
    ...balanceOptions(flags),
  };
  return definedOnly(options);
}

/** Where to listen for HTTP: the flag, else `$PORT` on all interfaces, as platforms expect it, else this machine only. */
export function httpEndpoint(flags: FrontFlags, io: CliIo): Endpoint {
  const [opened] = io.child?.place.endpoints ?? [];
  if (opened !== undefined) return parseEndpoint(opened, "http");
  if (flags.http !== undefined) {
    const [inherited] = systemdEndpoints(flags.http, io.env, io.pid) ?? [];
    return inherited ?? parseEndpoint(flags.http, "http");
  }
  const port = io.env["PORT"];
  if (port === undefined || port === "") return parseEndpoint(DEFAULT_ADDRESS, "http");
  if (!/^\d+$/.test(port))
    throw new ConfigError("PORT", `the environment variable PORT is no port: ${JSON.stringify(port)}`);
  return parseEndpoint(`0.0.0.0:${port}`, "PORT");
}

/** The URL to open in a browser. */
export function httpUrl(endpoint: Endpoint): string {
  if (endpoint.type !== "tcp")
    return endpoint.type === "unix" ? `http://unix:${endpoint.path}:/` : `fd://${endpoint.fd}`;
  const isAny = endpoint.host === "::" || endpoint.host === "0.0.0.0";
  const host = isAny ? "localhost" : endpoint.host.includes(":") ? `[${endpoint.host}]` : endpoint.host;
  return `http://${host}:${endpoint.port}/`;
}

/** Without the keys that are undefined: an option that was not given must not hide a default. */
export function definedOnly<T extends object>(options: { [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
