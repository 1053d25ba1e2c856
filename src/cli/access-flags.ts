import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { AccessOptions } from "../front/access/access-options.ts";
import type { IdentityOptions } from "../front/identity/identity-options.ts";
import type { FrontOptions } from "../front/options.ts";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { collect, collectList, parseDuration, parseSize, parseSwitch } from "./flags.ts";

/** The flags about who clients are, and whom to let in, as commander delivers them. */
export interface AccessFlags {
  readonly allow?: string[];
  readonly deny?: string[];
  readonly allowFile?: string[];
  readonly denyFile?: string[];
  readonly allowMethods?: string[];
  readonly denyPath?: string[];
  readonly trustedProxies?: string[];
  readonly realIpHeader?: Required<IdentityOptions>["realIpHeader"];
  readonly forwardedHost?: boolean;
  readonly proxyProtocol?: Required<IdentityOptions>["proxyProtocol"];
  readonly proxyProtocolTimeout?: number;
  readonly headerMap?: Required<IdentityOptions>["headerMap"];
  readonly minBodyRate?: number;
  readonly minBodyRateAfter?: number;
}

type BodyRateOptions = Pick<FrontOptions, "minBodyRate" | "minBodyRateAfterMs">;
type Options = AccessOptions & IdentityOptions & BodyRateOptions;

const REAL_IP_HEADERS = ["auto", "x-forwarded-for", "forwarded", "x-real-ip"] as const;

/** Give a command the flags about who clients are, and whom to let in. */
export function addAccessFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.access)
    .option(
      "--allow <list>",
      "addresses and ranges that are let in, others get 403; may be repeated",
      collectList,
    )
    .option("--deny <list>", "addresses and ranges that get 403; may be repeated", collectList)
    .option(
      "--allow-file <file>",
      "a file with an entry of --allow in each line; may be repeated",
      collectFile,
    )
    .option("--deny-file <file>", "a file with an entry of --deny in each line; may be repeated", collectFile)
    .option(
      "--allow-methods <list>",
      "methods that are served, others get 405 (default: all)",
      collectMethods,
    )
    .option("--deny-path <glob>", "paths that get 403, such as '/admin/**'; may be repeated", collect)
    .option(
      "--trusted-proxies <list>",
      "peers that are believed who their clients are: addresses, ranges, unix (default: none)",
      collectList,
    )
    .addOption(
      new Option(
        "--real-ip-header <name>",
        "the field in which they say it: auto, X-Forwarded-For, Forwarded or X-Real-IP (default: auto)",
      ).argParser(parseRealIpHeader),
    )
    .option("--forwarded-host <on|off>", "take the host from them as well (default: off)", parseSwitch)
    .addOption(
      new Option(
        "--proxy-protocol <version>",
        "the PROXY header that connections begin with: off, v1, v2 or auto (default: off)",
      ).choices(["off", "v1", "v2", "auto"]),
    )
    .option("--proxy-protocol-timeout <time>", "time for that header to come (default: 5s)", parseDuration)
    .addOption(
      new Option(
        "--header-map <what>",
        "header names with an underscore or the like: drop, refuse or allow (default: drop)",
      ).choices(["drop", "refuse", "allow"]),
    )
    .option(
      "--min-body-rate <size>",
      "bytes of a body in a second at least, 0 for any (default: 500)",
      parseSize,
    )
    .option(
      "--min-body-rate-after <time>",
      "time beyond what a body needs at that rate (default: 20s)",
      parseDuration,
    );
}

/** The options of a front about who clients are, and whom to let in, from its flags. */
export function accessOptions(flags: AccessFlags): { [K in keyof Options]: Options[K] | undefined } {
  return {
    allow: flags.allow,
    deny: flags.deny,
    allowFiles: flags.allowFile,
    denyFiles: flags.denyFile,
    allowMethods: flags.allowMethods,
    denyPaths: flags.denyPath,
    trustedProxies: flags.trustedProxies,
    realIpHeader: flags.realIpHeader,
    forwardedHost: flags.forwardedHost,
    proxyProtocol: flags.proxyProtocol,
    proxyProtocolTimeoutMs: flags.proxyProtocolTimeout,
    headerMap: flags.headerMap,
    minBodyRate: flags.minBodyRate,
    minBodyRateAfterMs: flags.minBodyRateAfter,
  };
}

function parseRealIpHeader(text: string): Required<IdentityOptions>["realIpHeader"] {
  const name = REAL_IP_HEADERS.find((known) => known === text.toLowerCase());
  if (name !== undefined) return name;
  throw new InvalidArgumentError("Expected auto, X-Forwarded-For, Forwarded or X-Real-IP.");
}

function collectMethods(text: string, earlier?: readonly string[]): string[] {
  return collectList(text.toUpperCase(), earlier);
}

/** A file, which may be given several times. @returns absolute paths */
function collectFile(text: string, earlier?: readonly string[]): string[] {
  if (text === "") throw new InvalidArgumentError("Expected a file.");
  return collect(resolve(text), earlier);
}
