/** A request target taken apart. */
export interface TargetParts {
  /** The path as CGI passes it on: percent-decoded, a character per byte. */
  readonly pathInfo: string;
  /** What follows the first `?`, as it was sent; empty without one. */
  readonly queryString: string;
}

const ESCAPE = /%([0-9A-Fa-f]{2})?/g;

/**
 * Take a target in origin form (`/path?query`) apart.
 *
 * @returns `undefined` when a percent sign is not followed by two hexadecimal digits, or stands for a NUL byte.
 * @see RFC 3986 section 2.1; RFC 3875 section 4.1.5
 */
export function parseOriginForm(target: string): TargetParts | undefined {
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const queryString = mark === -1 ? "" : target.slice(mark + 1);
  if (!path.includes("%")) return { pathInfo: path, queryString };

  let isValid = true;
  const pathInfo = path.replace(ESCAPE, (_, digits?: string) => {
    isValid &&= digits !== undefined && digits !== "00";
    return String.fromCharCode(Number.parseInt(digits ?? "", 16));
  });
  return isValid ? { pathInfo, queryString } : undefined;
}
