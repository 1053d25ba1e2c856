import { resolveDots } from "../dot-segments.ts";

const ESCAPE = /%([0-9A-Fa-f]{2})/g;
const ESCAPED_SLASH = /%2f/i;

/**
 * How else the path of a request can be understood: with its dot segments resolved, with double slashes joined or not, and with `%2F`
 * not as a slash. Programs differ in all of these, and a route must not be passed by under another spelling of its prefix.
 *
 * @param requestUri - As the client sent it.
 * @param path - Its path, percent-decoded once, a character per byte.
 * @returns None for the usual path, which has one reading only.
 */
export function otherReadings(requestUri: string, path: string): readonly string[] {
  const hasDetours = path.includes("/.") || path.includes("//");
  const hasEscapedSlash = requestUri.includes("%") && ESCAPED_SLASH.test(rawPath(requestUri));
  if (!hasDetours && !hasEscapedSlash) return [];
  const readings = new Set([resolveDots(path, false), resolveDots(path, true)]);
  if (hasEscapedSlash) {
    const kept = decodeButSlashes(rawPath(requestUri));
    for (const reading of [kept, resolveDots(kept, false), resolveDots(kept, true)]) readings.add(reading);
  }
  readings.delete(path);
  return [...readings];
}

function rawPath(requestUri: string): string {
  const mark = requestUri.indexOf("?");
  return mark === -1 ? requestUri : requestUri.slice(0, mark);
}

function decodeButSlashes(path: string): string {
  return path.replace(ESCAPE, (whole, digits: string) =>
    digits.toLowerCase() === "2f" ? whole : String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
