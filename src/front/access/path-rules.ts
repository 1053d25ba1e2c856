import { resolveDots } from "../dot-segments.ts";
import { compileGlob } from "../path-glob.ts";

/** Paths that are not served. */
export class PathRules {
  readonly #patterns: readonly RegExp[];

  /** @param globs - As {@link isPathGlob} takes them. */
  constructor(globs: readonly string[]) {
    this.#patterns = globs.flatMap((glob) => [glob, ...aboveOf(glob)].map(compileGlob));
  }

  /**
   * Whether a path is denied: as it stands, or as whoever reads it may understand it, with `.` and `..` followed, and each `//` one slash or not:
   * programs differ in what `..` behind an empty segment takes away.
   *
   * @param path - Decoded, each character a byte, as PATH_INFO is.
   */
  denies(path: string): boolean {
    const text = utf8Of(path);
    if (this.#matches(text)) return true;
    if (!text.includes("//") && !text.includes("/.")) return false;
    return this.#matches(resolveDots(text, true)) || this.#matches(resolveDots(text, false));
  }

  #matches(path: string): boolean {
    return this.#patterns.some((pattern) => pattern.test(path));
  }
}

/** Whether a text can be a pattern: it is for whole paths. */
export function isPathGlob(text: string): boolean {
  return text.startsWith("/");
}

/** `/admin/**` is meant to close `/admin` too. */
function aboveOf(glob: string): string[] {
  return glob.endsWith("/**") && glob.length > 3 ? [glob.slice(0, -3)] : [];
}

function utf8Of(path: string): string {
  return /[\u0080-\u00ff]/.test(path) ? Buffer.from(path, "latin1").toString("utf8") : path;
}
