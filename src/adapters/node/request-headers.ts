import { ProtocolError } from "../../errors.ts";
import type { Environ } from "../../gateway/types.ts";

/** Vars seen before, and the header name each stands for; empty for one that stands for none. */
const knownNames = new Map<string, string>();
const MAX_KNOWN_NAMES = 1024;

/**
 * The header fields of a request, as `rawHeaders` has them: name, value, name, value. Their names are spelt as browsers do, since a var does not
 * tell.
 *
 * @throws {@link ProtocolError} `UWB_ERR_HEADER_VALUE`, 400, when a value would end its line in the hands of a Node application.
 */
export function rawHeadersOf(environ: Environ): string[] {
  const raw: string[] = [];
  for (const key in environ) {
    const name = knownNames.get(key) ?? learn(key);
    if (name === "") continue;
    const value = environ[key] as string;
    if (breaksLine(value)) {
      throw new ProtocolError("UWB_ERR_HEADER_VALUE", `the value of ${name} holds a line end or a NUL byte`, {
        offset: 0,
      });
    }
    // nginx sends these two empty when the client sent none.
    if (value !== "" || key.startsWith("HTTP_")) raw.push(name, value);
  }
  return raw;
}

function learn(key: string): string {
  const name = headerName(key);
  if (knownNames.size < MAX_KNOWN_NAMES) knownNames.set(key, name);
  return name;
}

/** `HTTP_USER_AGENT` to `User-Agent`. */
function headerName(key: string): string {
  const rest = key.startsWith("HTTP_") ? key.slice("HTTP_".length) : key;
  if (rest === key && key !== "CONTENT_TYPE" && key !== "CONTENT_LENGTH") return "";
  return rest
    .toLowerCase()
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("-");
}

/** Bytes that end a header line, or the string that holds it, in somebody's parser. */
function breaksLine(value: string): boolean {
  return value.includes("\n") || value.includes("\r") || value.includes("\0");
}
