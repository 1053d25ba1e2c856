import { printable } from "./printable.ts";
import { count } from "./quantities.ts";

/**
 * Vars and headers whose value lets its holder act as somebody else. Apache repeats vars under the prefix
 * `REDIRECT_`.
 */
const SECRET = /^(?:REDIRECT_)*(?:HTTP_)?(?:COOKIE|SET_COOKIE|AUTHORIZATION|PROXY_AUTHORIZATION)$/;

/** Whether the value of a var or a header is shown only on request. */
export function isSecret(name: string): boolean {
  return SECRET.test(name.toUpperCase().replaceAll("-", "_"));
}

/** The value of a var or a header for a person: escaped, or `[redacted, 32 bytes]`. */
export function shownValue(name: string, value: string, showSecrets: boolean): string {
  return !showSecrets && isSecret(name) ? `[redacted, ${count(value.length, "byte")}]` : printable(value);
}
