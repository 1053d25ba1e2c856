import { ConfigError } from "../../errors.ts";
import { isAddressEntry } from "../../net/address-rules.ts";
import { isPathGlob } from "./path-rules.ts";

/** Whose requests are served, and which. */
export interface AccessOptions {
  /**
   * Clients that are let in: addresses, ranges such as `10.0.0.0/8`, `all`, or `unix` for those on a Unix socket. The narrowest range around
   * an address decides, and of two that are the same the one in {@link deny}. With any of these, or of {@link allowFiles}, whoever is in no
   * list is answered 403. @defaultValue none: everybody
   */
  readonly allow?: readonly string[];
  /** Clients that are answered 403. @defaultValue none */
  readonly deny?: readonly string[];
  /** Files with an entry of {@link allow} in each line, read again when they change. @defaultValue none */
  readonly allowFiles?: readonly string[];
  /** The same for {@link deny}. @defaultValue none */
  readonly denyFiles?: readonly string[];
  /** Methods that are served, others are answered 405. `GET` stands for HEAD too. @defaultValue all that a front serves */
  readonly allowMethods?: readonly string[];
  /**
   * Paths that are answered 403, after decoding, such as `/admin/**`. `*` is any characters but a slash, `**` any, `?` one; what stands in front
   * of `/**` is meant too. @defaultValue none
   */
  readonly denyPaths?: readonly string[];
}

export const ACCESS_DEFAULTS: Required<AccessOptions> = {
  allow: [],
  deny: [],
  allowFiles: [],
  denyFiles: [],
  allowMethods: [],
  denyPaths: [],
};

const METHOD = /^[A-Z]+(?:-[A-Z]+)*$/;

/**
 * Check what can be checked without looking at the disk.
 *
 * @throws {@link ConfigError} that names the option.
 */
export function checkAccessOptions(settings: Required<AccessOptions>): void {
  for (const option of ["allow", "deny"] as const)
    checkEach(settings[option], isAddressEntry, [
      option,
      "an address, a range such as 10.0.0.0/8, all or unix",
    ]);
  for (const option of ["allowFiles", "denyFiles"] as const)
    checkEach(settings[option], (file) => file !== "" && !file.includes("\0"), [option, "a file"]);
  checkEach(settings.allowMethods, (method) => METHOD.test(method), ["allowMethods", "a method such as GET"]);
  checkEach(settings.denyPaths, isPathGlob, ["denyPaths", "a pattern that begins with a slash"]);
}

/** Whether anybody is to be turned away. */
export function restrictsAccess(settings: Required<AccessOptions>): boolean {
  const { allow, deny, allowFiles, denyFiles, allowMethods, denyPaths } = settings;
  return [allow, deny, allowFiles, denyFiles, allowMethods, denyPaths].some((list) => list.length > 0);
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
