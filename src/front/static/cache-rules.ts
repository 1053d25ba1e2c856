import { compileGlob } from "../path-glob.ts";

/** A Cache-Control value, and the paths it is for. */
export interface CacheRule {
  readonly pattern: RegExp;
  readonly value: string;
}

/**
 * Compile patterns: `*` stands for any characters but a slash, `**` for any, `?` for one. A pattern that begins with a slash is for whole
 * URL paths, any other one for the name of the file.
 *
 * @param patterns - Pattern to value of the Cache-Control field; an empty value sends none. The first that fits counts.
 */
export function compileCacheRules(patterns: Readonly<Record<string, string>>): readonly CacheRule[] {
  return Object.entries(patterns).map(([pattern, value]) => ({ pattern: compileGlob(pattern), value }));
}

/** @returns `undefined` when no pattern fits, or it says to send none. */
export function cacheControl(rules: readonly CacheRule[], path: string): string | undefined {
  return rules.find(({ pattern }) => pattern.test(path))?.value || undefined;
}
