import type { ResponseFraming } from "../codec/response-framing.ts";
import type { ResponseHead } from "../codec/response-head.ts";

const KEEP_ALIVE_TIMEOUT = /(?:^|[\s,;])timeout=(\d{1,6})(?:$|[\s,;])/i;

/**
 * What the response of an HTTP server says about keeping the connection.
 *
 * @param isHttp10 - The status line says HTTP/1.0: such a server closes.
 * @returns Milliseconds the server keeps it when idle, Infinity when it does not tell; `undefined`: the connection is not to be used again.
 * @see RFC 9112 section 9.3
 */
export function httpIdleMs(
  { headers }: ResponseHead,
  framing: ResponseFraming,
  isHttp10: boolean,
): number | undefined {
  if (isHttp10 || framing.type === "close") return undefined;
  let idleMs = Number.POSITIVE_INFINITY;
  for (const [name, value] of headers) {
    const lowerName = name.toLowerCase();
    if (lowerName === "connection" && listsClose(value)) return undefined;
    const [, seconds] = lowerName === "keep-alive" ? (KEEP_ALIVE_TIMEOUT.exec(value) ?? []) : [];
    if (seconds !== undefined) idleMs = Math.min(idleMs, Number(seconds) * 1000);
  }
  return idleMs;
}

function listsClose(value: string): boolean {
  return value.split(",").some((token) => token.trim().toLowerCase() === "close");
}
