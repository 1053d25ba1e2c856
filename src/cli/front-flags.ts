import { type Command, Option } from "commander";
import { ConfigError } from "../errors.ts";
import type { FrontOptions } from "../front/options.ts";
import { type Endpoint, parseEndpoint } from "../net/endpoint.ts";
import { systemdEndpoints } from "../supervisor/systemd-sockets.ts";
import { type AccessFlags, accessOptions, addAccessFlags } from "./access-flags.ts";
import { type AccessLogFlags, addAccessLogFlags } from "./access-log-flags.ts";
import { addBalanceFlags, type BalanceFlags, balanceOptions } from "./balance-flags.ts";
import { addClientFlags, type ClientFlags, clientOptions } from "./client-flags.ts";
import { addExplainFlags, type ExplainFlags, explainOptions } from "./explain-flags.ts";
import { FLAG_GROUPS } from "./flag-groups.ts";
import type { GivenOptions } from "./given-options.ts";
import type { CliIo } from "./io.ts";
import { addOffloadFlags, type OffloadFlags, offloadOptions } from "./offload-flags.ts";
import { addRateFlags, type RateFlags, rateOptions } from "./rate-flags.ts";
import { addRouteFlags, type RouteFlags, routeOptions } from "./route-flags.ts";
import { addServerFlags, type ServerFlags, serverOptions } from "./server-flags.ts";
import { addStaticFlags, type StaticFlags, staticOptions } from "./static-flags.ts";
import { addUpgradeFlags, type UpgradeFlags, upgradeOptions } from "./upgrade-flags.ts";

/** The flags of the front as commander delivers them. */
export interface FrontFlags
  extends AccessFlags,
    AccessLogFlags,
    BalanceFlags,
    ClientFlags,
    ExplainFlags,
    OffloadFlags,
    RateFlags,
    RouteFlags,
    ServerFlags,
    StaticFlags,
    UpgradeFlags {
  readonly http?: string;
}

const DEFAULT_ADDRESS = "127.0.0.1:8080";

/** Give a command the flag that says where a front listens. */
export function addHttpFlag(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.listening)
    .addOption(
      new Option("-b, --http <address>", `HTTP address (default: ${DEFAULT_ADDRESS}, or 0.0.0.0:$PORT)`),
    );
}

/** Give a command the other flags of the front, in the order of its help. */
export function addFrontFlags(command: Command): Command {
  addBalanceFlags(addServerFlags(addRouteFlags(command)));
  addUpgradeFlags(addRateFlags(addClientFlags(addAccessFlags(command))));
  return addAccessLogFlags(addExplainFlags(addOffloadFlags(addStaticFlags(command))));
}

/** The options of a front, from its flags. */
export function frontOptions(flags: FrontFlags): Omit<FrontOptions, "to"> {
  const options: Omit<GivenOptions, "to"> = {
    ...serverOptions(flags),
    ...clientOptions(flags),
    ...upgradeOptions(flags),
    ...offloadOptions(flags),
    ...accessOptions(flags),
    ...rateOptions(flags),
    routes: routeOptions(flags),
    ...staticOptions(flags),
    ...explainOptions(flags),
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
