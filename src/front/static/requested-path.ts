/** The file that a URL path asks for, relative to a directory. */
export interface RequestedPath {
  /** Names of directories and of the file; none: the directory itself. None is empty, and none is `.` or `..`. */
  readonly segments: readonly string[];
  /** The path ends with a slash, which only a directory may have. */
  readonly hasSlash: boolean;
}

/** Control characters never stand in a name that is meant to be served, and a backslash is a separator to some programs. */
const FORBIDDEN = /[^ -[\]-~\u{80}-\u{10ffff}]/u;
const BEYOND_ASCII = /[\x80-\xff]/;
const WELL_KNOWN = ".well-known";
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Take the part of a path below a prefix apart. It was percent-decoded once, and nothing is decoded again.
 *
 * A file has one path: an empty segment, `.` and `..` are refused and not resolved, so that a rule on the path of a file can not
 * be passed by under another spelling. So is any name that begins with a dot, but for `/.well-known` at the top of the site, and
 * whatever is no UTF-8, overlong forms among it.
 *
 * @param rest - Empty, or from the slash behind the prefix on, a character per byte.
 * @param isTop - The prefix is that of the site.
 * @returns `undefined` when no file may be served under this path.
 * @see RFC 8615 section 3
 */
export function requestedPath(rest: string, isTop: boolean): RequestedPath | undefined {
  if (rest === "") return { segments: [], hasSlash: false };
  const text = BEYOND_ASCII.test(rest) ? decodeUtf8(rest) : rest;
  if (text === undefined || FORBIDDEN.test(text)) return undefined;
  const segments = text.split("/").slice(1);
  const hasSlash = segments.at(-1) === "";
  if (hasSlash) segments.pop();
  const isServed = (segment: string, index: number): boolean =>
    (segment !== "" && !segment.startsWith(".")) || (isTop && index === 0 && segment === WELL_KNOWN);
  return segments.every(isServed) ? { segments, hasSlash } : undefined;
}

/** @returns `undefined` for bytes that are no UTF-8. */
function decodeUtf8(bytes: string): string | undefined {
  try {
    return utf8.decode(Buffer.from(bytes, "latin1"));
  } catch {
    return undefined;
  }
}
