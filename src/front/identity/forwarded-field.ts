/** What one proxy says in Forwarded. Each is as it was written, without quotes. */
export interface ForwardedElement {
  readonly for?: string;
  readonly proto?: string;
  readonly host?: string;
}

/** Optional whitespace in front, a name, and a value that is a token or in quotes. Ports and brackets are often written without. */
const PAIR = /[ \t]*([\w!#$%&'*+.^`|~-]+)=(?:([\w!#$%&'*+.^`|~:[\]-]+)|"((?:[^"\\]|\\.)*)")[ \t]*/y;
const SPACE = /[ \t]*/y;
const ESCAPED = /\\(.)/g;

/**
 * Read one Forwarded line.
 *
 * @returns What the proxies say, the nearest last; `undefined` when any of it can not be read.
 * @see RFC 7239 section 4
 */
export function parseForwarded(line: string): ForwardedElement[] | undefined {
  const elements: ForwardedElement[] = [];
  let element = new Map<string, string>();
  let position = 0;
  for (;;) {
    const end = readPair(line, position, element);
    if (end === undefined) return undefined;
    const separator = line[end];
    if (separator !== ";") {
      if (element.size > 0) elements.push(Object.fromEntries(element));
      element = new Map();
    }
    if (separator === undefined) return elements;
    if (separator !== ";" && separator !== ",") return undefined;
    position = end + 1;
  }
}

/** Read a pair, or the nothing that may stand in its place. @returns Where it ends; `undefined` when it is said twice. */
function readPair(line: string, position: number, element: Map<string, string>): number | undefined {
  PAIR.lastIndex = position;
  const [pair, name, token, quoted = ""] = PAIR.exec(line) ?? [];
  if (pair === undefined || name === undefined) {
    SPACE.lastIndex = position;
    return position + (SPACE.exec(line)?.[0].length ?? 0);
  }
  const key = name.toLowerCase();
  if (element.has(key)) return undefined;
  element.set(key, token ?? quoted.replace(ESCAPED, "$1"));
  return position + pair.length;
}
