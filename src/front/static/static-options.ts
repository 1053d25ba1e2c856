import { ConfigError } from "../../errors.ts";
import { CODING_SUFFIX, type ContentCoding } from "./content-coding.ts";
import { parsePrefix } from "./url-prefix.ts";

/** What a front serves from the disk, without a worker. */
export interface StaticOptions {
  /**
   * URL prefix to directory, or file: `{ "/static": "./public" }`. Everything under the prefix is static: what is not there is answered
   * 404, and methods other than GET and HEAD 405. The longest prefix counts. @defaultValue none
   */
  readonly staticMaps?: Readonly<Record<string, string>>;
  /** Directories that are looked into for each GET and HEAD; what is in none of them goes to the workers. @defaultValue none */
  readonly checkStatic?: readonly string[];
  /** Names of the file that stands for a directory; the first that exists. @defaultValue `["index.html"]` */
  readonly staticIndex?: readonly string[];
  /**
   * URL prefix to the file that is sent for paths under it which lead to no file, as single-page applications need it. A path whose last
   * part has a dot means a file that is missing: it is not replaced. @defaultValue none
   */
  readonly staticFallbacks?: Readonly<Record<string, string>>;
  /**
   * Pattern to value of Cache-Control: `{ "*.css": "max-age=3600" }`. `*` is any characters but a slash, `**` any, `?` one; a
   * pattern that begins with a slash is for whole URL paths, any other one for file names. The first that fits counts.
   * @defaultValue none: browsers decide by the age of the file
   */
  readonly staticCacheControl?: Readonly<Record<string, string>>;
  /** Compressed files that are sent in place of the one beside them, preferred in this order. @defaultValue `["br", "gzip"]` */
  readonly staticPrecompressed?: readonly ContentCoding[];
  /** Media types by the ending of file names, in addition to the usual ones: `{ "usdz": "model/vnd.usdz+zip" }`. @defaultValue none */
  readonly staticTypes?: Readonly<Record<string, string>>;
  /** Directories outside into which symbolic links may lead. @defaultValue none: links stay within the directory that is served */
  readonly staticSafe?: readonly string[];
  /** Memory for small files that were asked for; each is compared with the disk once a second. 0: none. @defaultValue 32 MiB */
  readonly staticMemoryBytes?: number;
}

const MEBIBYTE = 1024 * 1024;

export const STATIC_DEFAULTS: Required<StaticOptions> = {
  staticMaps: {},
  checkStatic: [],
  staticIndex: ["index.html"],
  staticFallbacks: {},
  staticCacheControl: {},
  staticPrecompressed: ["br", "gzip"],
  staticTypes: {},
  staticSafe: [],
  staticMemoryBytes: 32 * MEBIBYTE,
};

/**
 * Check what can be checked without looking at the disk.
 *
 * @throws {@link ConfigError} that names the option.
 */
export function checkStaticOptions(settings: Required<StaticOptions>): void {
  for (const option of ["staticMaps", "staticFallbacks"] as const) {
    for (const prefix of Object.keys(settings[option])) parsePrefix(prefix, option);
    checkPaths(Object.values(settings[option]), option);
  }
  checkPaths(settings.checkStatic, "checkStatic");
  checkPaths(settings.staticSafe, "staticSafe");
  checkEach(settings.staticIndex, isFileName, ["staticIndex", "a file name"]);
  checkEach(settings.staticPrecompressed, isCoding, ["staticPrecompressed", "br or gzip"]);
  for (const option of ["staticCacheControl", "staticTypes"] as const)
    checkEach(Object.values(settings[option]), isHeaderValue, [option, "a header value"]);
}

/** Whether there is anything to serve from the disk. */
export function servesFiles({ staticMaps, staticFallbacks, checkStatic }: Required<StaticOptions>): boolean {
  return Object.keys({ ...staticMaps, ...staticFallbacks }).length + checkStatic.length > 0;
}

function checkPaths(paths: readonly string[], option: string): void {
  checkEach(paths, (path) => path !== "" && !path.includes("\0"), [option, "a path"]);
}

function checkEach(
  values: readonly string[],
  isRight: (value: string) => boolean,
  [option, what]: readonly [option: string, what: string],
): void {
  for (const value of values) {
    if (isRight(value)) continue;
    throw new ConfigError(option, `${option}: expected ${what}, got ${JSON.stringify(value)}`);
  }
}

function isFileName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !/[/\\\0]/.test(name);
}

function isCoding(name: string): boolean {
  return Object.hasOwn(CODING_SUFFIX, name);
}

function isHeaderValue(value: string): boolean {
  return /^[\t -~]*$/.test(value);
}
