import { type Command, InvalidArgumentError } from "commander";
import type { StaticOptions } from "../front/static/static-options.ts";
import { UNIT_SECONDS } from "../quantities.ts";
import { FLAG_GROUPS } from "./flag-groups.ts";
import { collect, collectPair, parseSize } from "./flags.ts";

/** The flags about static files as commander delivers them. */
export interface StaticFlags {
  readonly staticMap?: Record<string, string>;
  readonly checkStatic?: string[];
  readonly staticIndex?: string[];
  readonly staticFallback?: Record<string, string>;
  readonly staticExpires?: Record<string, string>;
  readonly staticPrecompressed?: Codings;
  readonly staticType?: Record<string, string>;
  readonly staticSafe?: string[];
  readonly staticMemory?: number;
}

type Codings = Required<StaticOptions>["staticPrecompressed"];

/** Give a command the flags about static files. */
export function addStaticFlags(command: Command): Command {
  return command
    .optionsGroup(FLAG_GROUPS.files)
    .option(
      "--static-map </prefix=dir>",
      "serve this directory under a URL prefix; may be repeated",
      collectPair,
    )
    .option(
      "--check-static <dir>",
      "serve what is in this directory, pass on the rest; may be repeated",
      collect,
    )
    .option(
      "--static-index <name>",
      "the file for a directory; may be repeated (default: index.html)",
      collect,
    )
    .option(
      "--static-fallback </prefix=file>",
      "the page for paths that lead to no file, for single-page applications; may be repeated",
      collectPair,
    )
    .option(
      "--static-expires <glob=age>",
      "how long browsers may keep files: 3600, 1h, 30d, immutable, or off; may be repeated",
      collectExpires,
    )
    .option(
      "--static-precompressed <list>",
      "compressed files beside the plain ones that are sent, or off (default: br,gz)",
      parseCodings,
    )
    .option("--static-type <ending=type>", "media type for an ending of names; may be repeated", collectPair)
    .option("--static-safe <dir>", "symbolic links may lead into this directory; may be repeated", collect)
    .option("--static-memory <size>", "memory for small files, 0 for none (default: 32m)", parseSize);
}

/** The options of a front about static files, from its flags. */
export function staticOptions(flags: StaticFlags): {
  [K in keyof StaticOptions]: StaticOptions[K] | undefined;
} {
  return {
    staticMaps: flags.staticMap,
    checkStatic: flags.checkStatic,
    staticIndex: flags.staticIndex,
    staticFallbacks: flags.staticFallback,
    staticCacheControl: flags.staticExpires,
    staticPrecompressed: flags.staticPrecompressed,
    staticTypes: flags.staticType,
    staticSafe: flags.staticSafe,
    staticMemoryBytes: flags.staticMemory,
  };
}

const YEAR_SECONDS = 365 * UNIT_SECONDS.d;

/** `GLOB=AGE`, which may be given several times. @returns glob to Cache-Control */
function collectExpires(
  text: string,
  earlier: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const equals = text.lastIndexOf("=");
  if (equals < 1) throw new InvalidArgumentError("Expected GLOB=AGE, such as '*.css=1h'.");
  return { ...earlier, [text.slice(0, equals)]: cacheControlOf(text.slice(equals + 1)) };
}

function cacheControlOf(age: string): string {
  if (age === "off") return "";
  if (age === "immutable") return `max-age=${YEAR_SECONDS}, immutable`;
  const [, digits, unit = "s"] = /^(\d{1,9})([smhd])?$/.exec(age) ?? [];
  if (digits === undefined)
    throw new InvalidArgumentError("Expected an age such as 3600, 1h, 30d, immutable or off.");
  const seconds = Number(digits) * UNIT_SECONDS[unit as "s" | "m" | "h" | "d"];
  return seconds === 0 ? "no-cache" : `max-age=${seconds}`;
}

/** `br`, `gz` or both, separated by commas, or `off`. */
function parseCodings(text: string): Codings {
  if (text === "off") return [];
  return text.split(",").map((name) => {
    if (name === "br") return "br";
    if (name === "gz" || name === "gzip") return "gzip";
    throw new InvalidArgumentError("Expected br, gz, br,gz or off.");
  });
}
