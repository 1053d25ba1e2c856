import { ConfigError } from "../../errors.ts";

/** Something that is served under a URL prefix. */
export interface Prefixed {
  /** Without a slash at its end, a character per byte: empty for the whole site. */
  readonly prefix: string;
}

/** Segments of visible characters, without those that never stand in a path. */
const PREFIX = /^(?:\/[ !"$-.0->@-[\]-~\u{80}-\u{10ffff}]+)*\/?$/u;

/**
 * Read the URL prefix of an option: `/static`, `/static/` and `/` are prefixes.
 *
 * @throws {@link ConfigError} for one that no path can have.
 */
export function parsePrefix(text: string, option: string): string {
  const hasDots = text.split("/").some((segment) => segment === "." || segment === "..");
  if (!text.startsWith("/") || !PREFIX.test(text) || hasDots)
    throw new ConfigError(
      option,
      `${option}: expected a URL prefix such as /static, got ${JSON.stringify(text)}`,
    );
  return Buffer.from(text.replace(/\/$/, "")).toString("latin1");
}

/** Put the longest prefix first, as {@link longestPrefix} wants it. */
export function byLength<T extends Prefixed>(items: readonly T[]): readonly T[] {
  return [...items].sort((one, other) => other.prefix.length - one.prefix.length);
}

/**
 * The item whose prefix the path has. A prefix ends where a segment does: `/s` is none of `/s-secret` or of `/s..`.
 *
 * @param items - As {@link byLength} sorts them.
 */
export function longestPrefix<T extends Prefixed>(items: readonly T[], path: string): T | undefined {
  for (const item of items) if (isBelow(item.prefix, path)) return item;
  return undefined;
}

function isBelow(prefix: string, path: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === "/");
}
